// What is true of the command from lab 06 on.
