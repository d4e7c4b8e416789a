"""Reads a handout: its sections, its blocks of commands, and whether it has the form that all share."""

import re
import subprocess
from pathlib import Path

SECTIONS = ["Predict", "Break out first", "The idea", "Run it", "Step by step", "Look from outside",
            "Break it", "Write it", "What still leaks", "Where Docker does this", "Man pages"]
SECTIONS_OF_A_LOOK = ["Predict", "Two terminals", "Run it", "Step by step", "Any process", "As JSON",
                      "Where Docker does this", "Man pages", "Three questions"]
RUN = ["console", "console terminal"]
ONLY_SHOWN = ["text", "c", "cpp", "json"]


class Command:
    """One command of a block: what is typed first, then what is printed, and typed into it."""

    def __init__(self, text, line):
        self.text, self.line = text, line
        self.lines = []  # as printed
        self.status = "0"  # or "any"


def awaited_and_typed(line):
    """What a line of a terminal block waits for, and what is typed then; "" where nothing."""
    if line == "...":
        return "", ""
    if line.startswith("> "):
        return "", line[2:]
    prompt = re.fullmatch(r"(\[\d\d-[a-z-]+ \S+\]#) (.+)", line)
    return (prompt[1], prompt[2]) if prompt else (line, "")


class Block:
    def __init__(self, kind, line, section):
        self.kind, self.line, self.section = kind, line, section
        self.text = []

    def commands(self):
        found, in_command = [], False
        for offset, line in enumerate(self.text, self.line + 1):
            status = re.fullmatch(r"# exit status (\d+|any)", line)
            if line.startswith("$ "):
                found.append(Command(line[2:], offset))
                in_command = True
            elif not found:
                continue  # blocks_are_sound() tells
            elif in_command and self.kind == "console" and line.startswith("> "):
                found[-1].text += "\n" + line[2:]
            elif status:
                found[-1].status = status[1]
            else:
                found[-1].lines.append(line)
                in_command = False
        return found


class Handout:
    def __init__(self, path):
        self.path = Path(path)
        self.lines = self.path.read_text().splitlines()
        self.blocks, self.headings, self.sections = [], [], {}
        section, block, self.unclosed = "", None, False
        for number, line in enumerate(self.lines, 1):
            fence = re.match(r"```(.*)", line)
            if block is not None and line == "```":
                block = None
            elif block is not None:
                block.text.append(line)
                self.unclosed |= bool(fence)
            elif fence:
                block = Block(fence[1].strip(), number, section)
                self.blocks.append(block)
            elif line.startswith("## "):
                section = line[3:]
                self.headings.append(section)
            elif section:
                self.sections.setdefault(section, []).append(line)
        self.unclosed |= block is not None

    def to_run(self):
        return [block for block in self.blocks if block.kind in RUN]

    def commands_of(self, section):
        return [command.text for block in self.to_run() if block.section == section
                for command in block.commands()]


# --- what is wrong with a handout: each function yields messages -----------------------------

def blocks_are_sound(handout):
    if handout.unclosed:
        yield "a block is not closed"
    for block in handout.blocks:
        if block.kind not in RUN + ONLY_SHOWN:
            yield f"line {block.line}: ```{block.kind} is none of {', '.join(RUN + ONLY_SHOWN)}"
        elif block.kind in RUN and not (block.text and block.text[0].startswith("$ ")):
            yield f"line {block.line}: a block to run begins with a command: $ ..."
        elif block.kind == "console terminal" and len(block.commands()) != 1:
            yield f"line {block.line}: a terminal block has one command"


def links_lead_somewhere(handout):
    prose = re.sub(r"```.*?```", "", "\n".join(handout.lines), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
        if "://" not in target and not (handout.path.parent / target).exists():
            yield f"the link {target} leads to no file"


def escapes_exist(handout):
    known = {file.stem[len("escape_"):].replace("_", "-") for file in Path("labs").glob("*/escape_*.cpp")}
    for name in re.findall(r"\./lab escape ([a-z][a-z-]*)", "\n".join(handout.lines)):
        if name not in known:
            yield f"there is no escape {name}; there are: {' '.join(sorted(known))}"


def beginning(handout, lab):
    lines = handout.lines + [""] * 3
    if not re.match(rf"# {lab[:2]} \S", lines[0]):
        yield f"line 1 is not '# {lab[:2]} name'"
    if lines[1] or not lines[2] or lines[3]:
        yield "after the title: a blank line, one line that says what the lab adds, a blank line"
    if len(lines[2]) > 70:
        yield f"line 3 has {len(lines[2])} characters, more than 70"


def sections_in_order(handout, sections):
    if handout.headings != sections:
        yield f"the sections are {' · '.join(handout.headings)}, not {' · '.join(sections)}"
    filled = {block.section for block in handout.blocks} | \
             {name for name, lines in handout.sections.items() if any(lines)}
    for name in handout.headings:
        if name not in filled:
            yield f"the section {name} is empty"


def prediction_is_folded(handout):
    if "<details>" not in "\n".join(handout.sections.get("Predict", [])):
        yield "Predict has no answer in <details>"


def options_of_list_steps(handout, program):
    """Those of the command in Step by step that prints the steps: sudo build/bin/NN-name [OPTIONS] --list-steps"""
    for command in handout.commands_of("Step by step"):
        match = re.fullmatch(rf"sudo {program} ((?:--[a-z]+ (?:[0-9][0-9.KMG]* )?)*)--list-steps", command)
        if match:
            return match[1].split()
    return []


def steps_of(program, options=()):
    listed = subprocess.run([program, *options, "--list-steps"], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, universal_newlines=True)
    if listed.returncode != 0:
        raise RuntimeError(f"{program} --list-steps: {listed.stderr}")
    return [tuple(line.split(None, 1)) for line in listed.stdout.splitlines()]


def table_is_the_steps(handout, steps):
    rows, in_table = [], False
    for line in handout.sections.get("Step by step", []):
        cells = [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            in_table = False
        elif cells == ["step", "what it does"]:
            in_table = True
        elif in_table and set(line) - set("|-: "):
            rows.append(tuple(cells))
    for row in steps:
        if row not in rows:
            yield f"not in the table of steps: | {' | '.join(row)} |"
    for row in rows:
        if row not in steps:
            yield f"in the table, but no step: | {' | '.join(row)} |"
    if rows != steps and sorted(rows) == sorted(steps):
        yield "the table of steps has another order than --list-steps"


def each_step_is_broken(handout, steps):
    commands = "\n".join(handout.commands_of("Break it"))
    for step, _ in steps:
        if not re.search(rf"--skip[ =]{re.escape(step)}(?![\w-])", commands):
            yield f"no command in Break it has --skip {step}"


def hints_are_readable(handout):
    text = "\n".join(handout.sections.get("Write it", []))
    hints = re.findall(r"<details><summary>Hint (\d+)</summary>\n\n(.+?)\n\n</details>", text, flags=re.S)
    numbers = [int(number) for number, _ in hints]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) != text.count("<summary>Hint"):
        yield f"the hints are not numbered from 1 on, or not of the form that ./lab hint reads: {numbers}"
    if not 4 <= len(numbers) <= 6:
        yield f"{len(numbers)} hints, not 4 to 6"


def any_file(handout):
    """(name, messages) of the checks that hold for every file with commands in it."""
    yield "the blocks are sound", blocks_are_sound(handout)
    yield "the links lead somewhere", links_lead_somewhere(handout)
    yield "the escapes exist", escapes_exist(handout)


def of_lab(handout, lab):
    """(name, messages) of the checks that hold for a lab's handout."""
    program = f"build/bin/{lab}"
    steps = steps_of(program, options_of_list_steps(handout, program))
    has_exercise = Path(f"labs/{lab}/exercise.cpp").exists()
    is_a_look = lab.startswith("00-")  # it makes nothing that could be broken
    sections = [name for name in SECTIONS if has_exercise or name != "Write it"]
    yield "the beginning", beginning(handout, lab)
    yield "the sections", sections_in_order(handout, SECTIONS_OF_A_LOOK if is_a_look else sections)
    yield "the prediction is folded", prediction_is_folded(handout)
    yield "the table is --list-steps", table_is_the_steps(handout, steps)
    if not is_a_look:
        yield "each step is left out once", each_step_is_broken(handout, steps)
    if has_exercise:
        yield "the hints are readable", hints_are_readable(handout)
