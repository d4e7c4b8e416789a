"""Checks the handouts and runs their commands, in the throwaway project that throwaway.sh made.

run_handouts.py SCRATCH [NN...]; prints one line a fact, exit status 1 where one failed.
"""

import os
import re
import shutil
import signal
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import handout as form
from compare import match_lines, normalise
from session import DEADLINE, Late, Shell, Terminal

project = os.getcwd()
scratch = Path(sys.argv[1])
failures = 0


def report(name, problems):
    global failures
    problems = list(problems)
    print(("not ok - " if problems else "ok - ") + name, flush=True)
    for problem in problems:
        print("#   " + problem.replace("\n", "\n#   "), flush=True)
    failures += bool(problems)


# --- commands --------------------------------------------------------------------------------

def compared(printed, output, bound):
    """(problems, bindings)"""
    expected = [normalise(line, project) for line in printed]
    seen = [normalise(line, project) for line in output.splitlines()]
    result = match_lines([line for line in expected if line], [line for line in seen if line], bound)
    if result is not None:
        return [], result
    return ["expected:\n  " + "\n  ".join(printed), "seen:\n  " + "\n  ".join(output.splitlines())], bound


def wrong_status(command, status):
    if command.status not in ("any", str(status)):
        yield f"exit status {status}, not {command.status}"


def run_in_shell(shell, block, name):
    bound = {}
    for command in block.commands():
        try:
            status, output = shell.run(command.text)
        except Late as late:
            report(name(command), [f"not at its end after {DEADLINE:.0f} s, or it ended the shell; seen:\n{late}"])
            return False
        problems, bound = compared(command.lines, output, bound)
        report(name(command), [*wrong_status(command, status), *problems])
    return True


def run_in_terminal(block, name):
    command, = block.commands()
    terminal = Terminal(command.text, project)
    problems = []
    try:
        for line in filter(None, command.lines):
            awaited, typed = form.awaited_and_typed(line)
            if awaited and not terminal.wait_for(awaited):
                problems = [f"expected: {awaited}", "seen:\n" + terminal.output()]
                break
            if typed:
                terminal.type(typed)
        problems += wrong_status(command, terminal.end())
    except Late as late:
        problems = [f"not there or not at its end after {DEADLINE:.0f} s; the last line was: {line}", f"seen:\n{late}"]
    finally:
        terminal.close()
    report(name(command), problems)


def run_all(handout):
    def name(command):
        return f"{handout.path}:{command.line}: {command.text.splitlines()[0]}"

    with tempfile.TemporaryDirectory(dir=scratch) as folder, closing(Shell(folder)) as shell:
        for block in handout.to_run():
            if block.kind == "console terminal":
                run_in_terminal(block, name)
            elif not run_in_shell(shell, block, name):
                break  # what comes after it rests on it


# --- what is left behind ---------------------------------------------------------------------

def processes():
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                state = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[0]
                command = Path(f"/proc/{entry}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if state != "Z":
                found[int(entry)] = command
    return found


def processes_left(before):
    until = time.monotonic() + 5  # a container's end is not its last process's end
    while processes().keys() - before and time.monotonic() < until:
        time.sleep(0.01)
    for pid, command in processes().items():
        if pid in before:
            continue
        yield f"process {pid}: {command}"
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def mounts():
    return {line.split()[0]: line for line in Path("/proc/self/mountinfo").read_text().splitlines()}


def changes():
    """What lies in the upper layer of the overlay, but for what is built or noted."""
    upper = scratch / "changes"
    found = {}
    for folder, folders, files in os.walk(upper):
        if Path(folder) == upper:
            for names in (folders, files):  # a folder that was removed is a file in the upper layer
                names[:] = [name for name in names if not re.match(r"(\.git|\.lab|build.*)$", name)]
        for file in folders + files:
            path = Path(folder) / file
            found[str(path.relative_to(upper))] = path.lstat().st_ctime_ns
    return found


def new_in(now, before):
    return [name for name, value in now.items() if before.get(name) != value]


def check(path, lab=None):
    for name in ("progress", "hints", "yours"):  # the kernel of lab 12 stays
        shutil.rmtree(f".lab/{name}", ignore_errors=True)
    handout = form.Handout(path)
    for name, problems in form.any_file(handout):
        report(f"{path}: {name}", problems)
    if lab:
        for name, problems in form.of_lab(handout, lab):
            report(f"{path}: {name}", problems)
    processes_before, mounts_before, changes_before = set(processes()), mounts(), changes()
    files_before = os.listdir(scratch / "tmp")
    if not list(form.blocks_are_sound(handout)):
        run_all(handout)
    report(f"{path}: no process is left", processes_left(processes_before))
    report(f"{path}: no mount is left", [mounts()[i] for i in new_in(mounts(), mounts_before)])
    report(f"{path}: no temporary file is left", set(os.listdir(scratch / "tmp")) - set(files_before))
    report(f"{path}: the project is as it was", new_in(changes(), changes_before))


def wanted(argument):
    found = sorted(lab.name for lab in Path("labs").glob("[0-9][0-9]-*") if lab.name.startswith(argument))
    if not found:
        sys.exit(f"run_handouts.py: no such lab: {argument}")
    return found


def main():
    arguments = sys.argv[2:]
    guides = not arguments or "guides" in arguments
    for argument in arguments or [""]:
        if argument == "guides":
            continue
        for lab in wanted(argument):
            path = Path(f"labs/{lab}/README.md")
            if path.exists():
                check(str(path), lab)
            else:
                report(f"{path}", ["there is no such handout"])
    if guides:
        for path in ("README.md", "CONTRIBUTING.md"):
            if Path(path).exists():
                check(path)
    sys.exit(1 if failures else 0)


main()
