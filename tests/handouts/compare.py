"""Compares what a handout prints with what its command printed: as equal as two machines can be."""

import re
import socket

# How the machine of vagrant/provision.sh has it, and so the handouts.
WRITTEN_PROJECT = "/home/vagrant/labs"
WRITTEN_HOST = "container-labs"

ESCAPE_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[()].|[=>])")
MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"


def normalise(line, project):
    line = ESCAPE_SEQUENCE.sub("", line).replace("\r", "")
    line = line.replace("\0", "")
    line = re.sub(re.escape(project) + r"(?![\w.-])", WRITTEN_PROJECT, line)
    line = re.sub(rf"(?<![\w.-]){re.escape(socket.gethostname())}(?![\w.-])", WRITTEN_HOST, line)
    # In a table of mounts a path is one within its file system: the project may be a mount itself.
    line = line.replace(WRITTEN_PROJECT + "/", "/")
    line = re.sub(r"^\+ sudo ", "+ ", line)
    line = re.sub(r"(/\S*)?/lab-image-\d+\.\w{6}", "/lab-image", line)
    line = re.sub(r"(/\S*)?/tmp\.\w{6,10}\b", "/tmp.X", line)
    line = re.sub(r"\b\d+(\.\d+)? ?(ms|s)\b", "N s", line)
    line = re.sub(rf"\b{MONTH} +\d+ +(\d\d:\d\d|\d{{4}})\b", "DATE", line)
    line = re.sub(r"\b\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d[.\d]*)?)?", "DATE", line)
    return re.sub(r"\s+", " ", line).strip()


NUMBER = r"\d{4,}"


def match_line(printed, seen, bound, beside=None):
    """The bindings of printed to seen numbers where the two lines are equal, else None.

    Numbers of four digits or more differ from run to run: the same one printed means the same one
    seen, and another one another, among the printed ones `beside` it, or all: what has ended since
    may have left its number to something new.
    """
    pattern, new = "", {}
    for part in re.split(rf"(\.\.\.|{NUMBER})", printed):
        if part == "...":
            pattern += ".*"
        elif not re.fullmatch(NUMBER, part):
            pattern += re.escape(part)
        elif part in bound:
            pattern += rf"(?<!\d){bound[part]}(?!\d)"
        elif part in new:
            pattern += rf"(?P={new[part]})(?!\d)"
        else:
            new[part] = f"n{len(new)}"
            pattern += rf"(?<!\d)(?P<{new[part]}>\d{{4,}})(?!\d)"
    match = re.fullmatch(pattern, seen)
    if match is None:
        return None
    result = dict(bound)
    for number, group in new.items():
        if match[group] in [result[other] for other in result if beside is None or other in beside]:
            return None
        result[number] = match[group]
    return result


def match_lines(printed, seen, bound, beside=None):
    """The same for all lines of one output; a line `...` stands for any number of lines."""
    if beside is None:
        beside = set(re.findall(NUMBER, "\n".join(printed)))
    if not printed:
        return None if seen else bound
    if printed[0] == "...":
        for begin in range(len(seen) + 1):
            result = match_lines(printed[1:], seen[begin:], bound, beside)
            if result is not None:
                return result
        return None
    if not seen:
        return None
    result = match_line(printed[0], seen[0], bound, beside)
    return None if result is None else match_lines(printed[1:], seen[1:], result, beside)
