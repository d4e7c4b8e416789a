"""Proves each check of run_handouts.py: a handout that is right passes, and one with a single mistake fails
the fact that is named for it. test_runner.py SCRATCH, started by throwaway.sh.
"""

import os
import subprocess
import sys
from pathlib import Path

import handout as form

HANDOUT = Path("labs/01-chroot/README.md")

BODIES = {
    "Predict": "Why?\n\n<details><summary>Answer</summary>\n\nSo.\n\n</details>",
    "Break out first": "`./lab escape kill-host 01`\n\n```console\n$ echo out; echo more; echo end\nout\n...\nend\n```",
    "The idea": "[code](main.cpp)\n\n```text\n$ not run\n```",
    "Run it": "```console\n$ a=12345 b=23456\n$ echo $a $b; echo $a in 0.5 s\n77777 88888\n77777 in 1 s\n"
              # A number that another command's output used: here for the same, in general for something new.
              "$ echo again $a\nagain 99999\n"
              "$ for i in 1 2; do\n>   echo $i\n> done; exit_with() { return $1; }; exit_with 3\n1\n2\n# exit status 3\n```",
    "Step by step": "TABLE",
    "Look from outside": "```console terminal\n$ ./lab run 01\n[01-chroot /]# pwd\n/\n> exit 4\n# exit status 4\n```",
    "Break it": "```console\nSKIPS\n```",
    "Write it": "\n\n".join(f"<details><summary>Hint {n}</summary>\n\nText {n}.\n\n</details>" for n in range(1, 5)),
    "What still leaks": "```console\n$ file=$(mktemp); rm $file; sleep 0.1 & wait\n```",
    "Where Docker does this": "There.",
    "Man pages": "chroot(2)",
}

# (the mistake, what is replaced in the right handout, by what, the fact that must fail)
MISTAKES = [
    ("a block is not closed", "$ not run\n```", "$ not run", "the blocks are sound"),
    ("a block of another kind", "```text", "```bash", "the blocks are sound"),
    ("a block that begins without a command", "$ a=12345 b", "a=12345 b", "the blocks are sound"),
    ("two commands in a terminal", "> exit 4", "> exit 4\n$ true", "the blocks are sound"),
    ("a dead link", "(main.cpp)", "(mian.cpp)", "the links lead somewhere"),
    ("an unknown escape", "escape kill-host", "escape kil-host", "the escapes exist"),
    ("a wrong number", "# 01 chroot", "# 02 chroot", "the beginning"),
    ("no line that says what it adds", "It adds.\n", "", "the beginning"),
    ("a line that is too long", "It adds.", "It adds" + " more" * 14, "the beginning"),
    ("a section is missing", "## Man pages\n\nchroot(2)", "", "the sections"),
    ("a section too many", "## Man pages", "## Extra\n\nText\n\n## Man pages", "the sections"),
    ("two sections are swapped", "## The idea", "## Run it", "the sections"),
    ("a section is empty", "\nThere.\n", "\n", "the sections"),
    ("an answer in the open", "<details><summary>Answer</summary>", "", "the prediction is folded"),
    ("another text of a step", "| exec | this process becomes", "| exec | this process is", "the table is --list-steps"),
    ("a step is not in the table", "| chdir | ", "| chdirr | ", "the table is --list-steps"),
    ("a step too many", "| exec |", "| exek | text |\n| exec |", "the table is --list-steps"),
    ("no table", "| step | what it does |", "| id | text |", "the table is --list-steps"),
    ("a step is never left out", "--skip clean-env", "--skip clean", "each step is left out once"),
    ("three hints", "<details><summary>Hint 4</summary>\n\nText 4.\n\n</details>", "", "the hints are readable"),
    ("two hints with one number", "Hint 3", "Hint 2", "the hints are readable"),
    ("a hint that is not closed", "Text 2.\n\n</details>", "Text 2.\n", "the hints are readable"),
    ("other output", "\nout\n", "\nOut\n", "echo out"),
    ("output that is not there", "...\nend", "...\nbefore the end\nend", "echo out"),
    ("output is left out silently", "\n...\n", "\n", "echo out"),
    ("output is left out at the end", "77777 in 1 s\n", "", "echo $a $b"),
    ("another order", "\nout\n...\nend", "\nend\n...\nout", "echo out"),
    ("other numbers where it is the same", "77777 in", "66666 in", "echo $a $b"),
    ("the same number where there are others", "77777 88888", "77777 77777", "echo $a $b"),
    ("another small number", "\n1\n2\n", "\n1\n3\n", "for i in"),
    ("an exit status that is not told", "# exit status 3\n", "", "for i in"),
    ("another exit status", "# exit status 3", "# exit status 4", "for i in"),
    ("a command that never ends", "sleep 0.1 & wait", "sleep 1000", "file=$(mktemp)"),
    ("a command that ends the shell", "sleep 0.1 & wait", "exit 0", "file=$(mktemp)"),
    ("a terminal: another line", "\n/\n> exit", "\n/root\n> exit", "./lab run 01"),
    ("a terminal: another exit status", "# exit status 4", "# exit status 5", "./lab run 01"),
    ("a terminal: never ends", "> exit 4", "> echo", "./lab run 01"),
    ("a process is left", "sleep 0.1 & wait", "sleep 1000 &", "no process is left"),
    ("a daemon is left", "sleep 0.1 & wait", "(setsid sleep 1000 &)", "no process is left"),
    ("a mount is left", "rm $file;", "rm $file; mount -t tmpfs tmpfs rootfs/busybox/mnt;", "no mount is left"),
    ("a temporary file is left", "rm $file;", "", "no temporary file is left"),
    ("a new file in the image", "rm $file;", "rm $file; : >rootfs/busybox/etc/new;", "the project is as it was"),
    ("a changed file", "rm $file;", "rm $file; echo >>rootfs/busybox/etc/hosts;", "the project is as it was"),
    ("a file is gone", "rm $file;", "rm $file rootfs/busybox/etc/hosts;", "the project is as it was"),
]


def right_handout():
    steps = form.steps_of("build/bin/01-chroot")
    table = "\n".join(["| step | what it does |", "|---|---|"] + [f"| {name} | {text} |" for name, text in steps])
    skips = "\n".join(f": --skip {name}" for name, _ in steps)
    text = "# 01 chroot\n\nIt adds.\n\n"
    for name in form.SECTIONS:
        text += f"## {name}\n\n{BODIES[name]}\n\n"
    return text.replace("TABLE", table).replace("SKIPS", skips.replace(": --skip", "$ : --skip"))


def run_on(text):
    """The names of the facts that failed."""
    HANDOUT.write_text(text)
    run = subprocess.run([sys.executable, "tests/handouts/run_handouts.py", sys.argv[1], "01"],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
                         env={**os.environ, "HANDOUT_DEADLINE": "3"})
    failed = [line for line in run.stdout.splitlines() if line.startswith("not ok - ")]
    if bool(failed) != (run.returncode == 1):
        failed.append(f"exit status {run.returncode}; {run.stdout.splitlines()[-1]}")
    return failed


def main():
    right, status = right_handout(), 0
    as_it_was = HANDOUT.read_text()

    def report(name, problem):
        nonlocal status
        print(("not ok - " if problem else "ok - ") + "handouts: " + name, flush=True)
        if problem:
            status = 1
            print(f"#   {problem}")

    try:
        report("one that is right passes", "; ".join(run_on(right)))
        for name, old, new, fact in MISTAKES:
            if right.count(old) == 0:
                report(name, f"the right one has no {old!r}")
                continue
            failed = run_on(right.replace(old, new, 1))
            report(f"{name} is seen", "" if any(fact in line for line in failed)
                   else f"expected: not ok - ... {fact}; seen: {failed}")
    finally:
        HANDOUT.write_text(as_it_was)
    sys.exit(status)


main()
