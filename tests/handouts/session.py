"""Where the commands run: a shell that goes on from command to command, or a terminal of its own."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from compare import match_line, normalise

DEADLINE = float(os.environ.get("HANDOUT_DEADLINE", 60))  # seconds a command
# Up to 4.4, a bash that runs a script tells of a job that SIGTERM ended; later ones do not.
TERMINATED = re.compile(r"^.*: line \d+: +\d+ Terminated +.*\n", re.MULTILINE)


class Late(Exception):
    pass


class Shell:
    """One bash for all blocks of a handout: variables, jobs and descriptors live on."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0
        self.answers_path = f"{folder}/status"
        os.mkfifo(self.answers_path)
        self.answers = os.open(self.answers_path, os.O_RDWR | os.O_NONBLOCK)
        # Nothing but 0, 1 and 2 is open in it: a handout looks at descriptors.
        self.bash = subprocess.Popen(["bash", "--norc"], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def run(self, command):
        """(exit status, output) of the command; Late where it does not end, or ends the shell."""
        self.count += 1
        file = f"{self.folder}/{self.count}"
        with open(file, "w") as script:
            script.write(command + "\n")
        line = f". {file} </dev/null >{file}.out 2>&1; echo $? >{self.answers_path}\n"
        self.bash.stdin.write(line.encode())
        self.bash.stdin.flush()
        # Its own stdout is only there to tell of its end.
        ready, _, _ = select.select([self.answers, self.bash.stdout], [], [], DEADLINE)
        with open(f"{file}.out", errors="replace") as output:
            text = TERMINATED.sub("", output.read())
        if self.answers not in ready:
            raise Late(text)
        return int(os.read(self.answers, 64)), text

    def close(self):
        try:
            self.bash.stdin.close()
            self.bash.wait(5)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            self.bash.kill()
            self.bash.wait()
        os.close(self.answers)


KEYS = {"^C": b"\x03", "^D": b"\x04", "^Z": b"\x1a", "^\\": b"\x1c"}


class Terminal:
    """One command on a pseudo-terminal."""

    def __init__(self, command, project):
        self.project, self.raw, self.seen_to, self.bound = project, b"", 0, {}
        self.until = time.monotonic() + DEADLINE
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execvp("bash", ["bash", "--norc", "-c", command])
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def output(self):
        return self.raw.decode(errors="replace")

    def read_more(self):
        """False at the end."""
        ready, _, _ = select.select([self.master], [], [], max(0, self.until - time.monotonic()))
        if not ready:
            raise Late(self.output())
        try:
            more = os.read(self.master, 65536)
        except OSError:  # EIO: the other side is closed
            more = b""
        self.raw += more
        return more != b""

    def type(self, text):
        os.write(self.master, KEYS.get(text) or text.encode() + b"\r")

    def wait_for(self, printed):
        """True once a line like that one has come, after those that were waited for before."""
        printed = normalise(printed, self.project)
        while True:
            lines = self.output().split("\n")
            for number in range(self.seen_to, len(lines)):
                bound = match_line(printed, normalise(lines[number], self.project), self.bound)
                if bound is not None:
                    self.bound, self.seen_to = bound, number + 1
                    return True
            if not self.read_more():
                return False

    def end(self):
        """The exit status, as a shell has it."""
        while self.read_more():
            pass
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)
