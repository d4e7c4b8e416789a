// What is true of the command from lab 05 on.
