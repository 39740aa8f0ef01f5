"""Lines that are only a part: mails wrap them, and kernels print some in pieces."""

from __future__ import annotations

import re

from oomlab.logs.text.lines import PrintedLine

MOST_PARTS = 4

_DONE = re.compile(r"\d\.?\s*$|>\.?\s*$|found\.?\s*$")
_BEGINS_LIKE_A_REST = (",", ":", "|", ")", "(")


def missing(text: str) -> str:
    """What a title still needs to be complete, as a word that its rest must have; "" if it is."""
    if "oom-kill" in text:
        if "invoked oom-kill" in text:
            return "" if "adj=" in text else "adj="
        return "" if ",uid=" in text or "oom-kill:c" not in text else "uid="
    if text.rstrip().endswith(" invoked"):
        return "oom-killer:"
    if "page allocation " in text:
        if "mode:0x" not in text:
            return "mode:0x" if "failure" in text or "stall" in text else ""
        return ")" if text.count("(") > text.count(")") else ""
    if "INFO: task " in text and "blocked" in text:
        if "blocked on" in text:
            return "" if _DONE.search(text) else "task"
        return "" if "seconds" in text else "seconds"
    if "Comm: " in text and "PID: " in text and "CPU: " in text:
        return "" if "#" in text else "#"
    if "Unexpected gfp" in text:
        return "" if "up to gfp: 0x" in text else "gfp: 0x"
    if "memory: usage " in text:
        return "" if "failcnt" in text else "failcnt"
    if text.rstrip().endswith("ut of memory: Kill"):
        return "process "
    if text.startswith("Task in /"):
        return "" if "limit of /" in text else "limit of /"
    if "ill process " in text or "illed process " in text:
        if "(" not in text:
            return "("
        return "" if "-rss:" in text or "total-vm:" not in text else "-rss:"
    return ""


def continues(head: PrintedLine, line: PrintedLine) -> bool:
    """Can `line` be the rest of `head`, which is not complete?"""
    if line.caller != head.caller and not line.bare:
        return False
    text = line.text.strip()
    if not text:
        return False
    if line.bare and not head.bare:
        return True
    return text.startswith(_BEGINS_LIKE_A_REST) or missing(head.text) in text


def as_one(head: PrintedLine, line: PrintedLine) -> PrintedLine:
    """Both as one line, at the place of the first."""
    one = PrintedLine(head.number, "")
    one.boot_us, one.wall, one.caller = head.boot_us, head.wall, head.caller
    one.kernel, one.bare = head.kernel, head.bare
    first, second = head.text.rstrip(), line.text.strip()
    glue = "" if first.endswith(("|", "(", ",")) or second.startswith(("|", ")", ",", ":")) else " "
    one.text = f"{first}{glue}{second}"
    return one
