"""One line of a log: the kernel's words, and what its prefixes say about when and by whom.

Logs reach people through printk, dmesg and its options, syslog, the journal, serial consoles,
/dev/kmsg, mail. Each puts something before the words, and several do it in turn. Every pattern here
is anchored and bounded, so that a line costs time in proportion to its length at most.
"""

from __future__ import annotations

import json
import re

from oomlab.logs.parts import LogPlace

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[A-Za-z]|\][^\x07]{0,100}\x07|[()][A-Z0-9])")
_QUOTE = re.compile(r"[>|][>| ]{0,40}")
_GREP = re.compile(r"\d{1,9}(?:[:-](?=[\[<]|[A-Z][a-z]{2} )| (?=[A-Z][a-z]{2} {1,2}\d))")
_LEVEL = re.compile(r"<\d{1,3}>")
_KMSG = re.compile(r"\d{1,4},\d{1,20},(\d{1,18}),([^;\s]{1,200});")
_KMSG_CALLER = re.compile(r"caller=([TC]\d{1,10})")
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")
_BOOT = re.compile(
    r"\[ {0,12}(\d{1,10})\.(\d{1,9})(?: {0,3}<[ +.\d]{1,20}>)?\] ?(?:\[ {0,8}([TC]\d{1,10})\] ?)?"
)
_DELTA = re.compile(r"\[ {0,8}[+<][ \d.]{1,20}>?\] ?")
_WALL = re.compile(
    r"\[((?=[^\]]{0,60}\d\d:\d\d)[^\[\]\d.<+][^\[\]]{4,59})\] ?(?:\[ {0,8}([TC]\d{1,10})\] ?)?"
)
_CORE = re.compile(r"\[ {0,3}\d{1,4}: {0,16}([^\]:][^\]]{0,20}): {0,6}(\d{1,9})\] ?")
_MTK = re.compile(r"\(\d{1,3}\)\[(\d{1,9}):[^\]]{1,20}\]")
_ISO = re.compile(
    r"(?:[^\W\d]{2,12} )?"
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:([.,])\d{1,9})?"
    r"(?: ?(?:Z|[A-Z]{2,5}|[+-]\d\d:?\d\d))?):? "
)
_SYSLOG = re.compile(r"([^\W\d]{2,12}\.? {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?) ")
_RFC_5424 = re.compile(r"1 (\d{4}-\d\d-\d\dT[\d:.]{8,20}\S{0,6}) \S{1,255} (\S{1,48}) \S+ \S+ - ?")
_HOST = re.compile(r"\S{1,255} ([^\s:\[\]]{1,64})(?:\[\d{1,10}\])?: ?")
_KERNEL = re.compile(r"(?:[\w.-]{1,255} | {1,4})?kernel: ?")
_INDENT = re.compile(
    r"[ \t]{1,40}(?=\[ {0,12}\d{1,10}\.\d|<\d|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:|\[[A-Z][a-z]{2} )"
)
_FACILITY = re.compile(
    r"(?:[a-z]{3,8}\d?) {0,4}:(?:emerg|alert|crit|err|warn|notice|info|debug) {0,3}: ?"
)

_NOT_A_LOG = ("Subject: ", "Re: ")
"""Of a mail around a log: they repeat its first line."""

MOST_PREFIXES = 10


class PrintedLine:
    """A line: `number`, from 1; its `text` without prefixes, blanks at its start kept; when and by
    whom it was printed (see `LogPlace`). `kernel`: False if another program said it. `bare`: no
    prefix was there."""

    __slots__ = ("bare", "boot_us", "caller", "kernel", "number", "text", "wall")

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text
        self.boot_us: int | None = None
        self.wall: str | None = None
        self.caller: str | None = None
        self.kernel = True
        self.bare = True

    @property
    def place(self) -> LogPlace:
        """Where it stands, as a record that begins with it needs it."""
        return LogPlace(self.number, self.number, self.boot_us, self.wall, self.caller)


def lines_of(number: int, raw: bytes) -> list[PrintedLine]:
    """What stands in a line of a file: mostly one line; several where syslog wrote `#012`."""
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "\r" in text:
        text = text.replace("\r", "")
    if "#0" in text:
        text = text.replace("#011", "\t").replace("#015", "").replace("#012", "\n")
    first, *others = text.split("\n")
    head = _stripped(number, first)
    if not others and "\n" not in head.text:
        return [head]
    head.text, *own = head.text.split("\n")  # /dev/kmsg writes a line's end as an escape, too
    found = [head]
    for other in (*own, *others):
        line = _stripped(number, other)
        if line.bare:
            line.boot_us, line.wall, line.caller = head.boot_us, head.wall, head.caller
            line.kernel, line.bare = head.kernel, head.bare
        found.append(line)
    return found


def _stripped(number: int, text: str) -> PrintedLine:
    line = PrintedLine(number, text)
    for _ in range(MOST_PREFIXES):
        rest = _without_one(line, line.text)
        if rest is None:
            break
        line.text = rest
        if not line.kernel:
            break
    if line.bare and line.text.startswith(_NOT_A_LOG):
        line.kernel = False
    return line


def _without_one(line: PrintedLine, text: str) -> str | None:
    """`text` without one prefix; None if there is none."""
    first = text[:1]
    if first == "[":
        return _bracketed(line, text)
    if first in ">|":
        quote = _QUOTE.match(text)
        return text[quote.end() :] if quote else None
    if first == "<":
        level = _LEVEL.match(text)
        if level:
            rest = text[level.end() :]
            rfc = _RFC_5424.match(rest)
            if rfc:
                line.bare, line.wall, line.kernel = False, rfc[1], rfc[2] == "kernel"
                rest = rest[rfc.end() :]
            return rest
        return None
    if first.isdigit():
        return _numbered(line, text)
    if first == "{" and line.bare:
        return _journal(line, text)
    if first == "(" and line.boot_us is not None:
        core = _MTK.match(text)
        if core:
            line.caller = f"T{core[1]}"
            return text[core.end() :]
        return None
    return _worded(line, text)


def _bracketed(line: PrintedLine, text: str) -> str | None:
    boot = _BOOT.match(text)
    if boot:
        seconds, fraction, caller = boot.groups()
        line.boot_us = int(seconds) * 1_000_000 + int(fraction.ljust(6, "0")[:6])
        line.caller = caller or line.caller
        line.bare = False
        return text[boot.end() :]
    wall = _WALL.match(text)
    if wall:
        line.wall, line.caller, line.bare = wall[1], wall[2] or line.caller, False
        return text[wall.end() :]
    delta = _DELTA.match(text)
    if delta:
        line.bare = False
        return text[delta.end() :]
    core = _CORE.match(text) if line.boot_us is not None and line.caller is None else None
    if core:
        line.caller = f"T{core[2]}"
        return text[core.end() :]
    return None


def _numbered(line: PrintedLine, text: str) -> str | None:
    kmsg = _KMSG.match(text)
    if kmsg:
        line.boot_us, line.bare = int(kmsg[1]), False
        caller = _KMSG_CALLER.search(kmsg[2])
        if caller:
            line.caller = caller[1]
        return _ESCAPE.sub(lambda code: chr(int(code[1], 16)), text[kmsg.end() :])
    iso = _ISO.match(text)
    if iso:
        line.wall, line.bare = iso[1], False
        rest = text[iso.end() :]
        return rest if iso[2] == "," else _after_host(line, rest)
    grep = _GREP.match(text) if line.bare else None
    return text[grep.end() :] if grep else None


def _worded(line: PrintedLine, text: str) -> str | None:
    if text[:1] in " \t" and line.bare:
        indent = _INDENT.match(text)
        if indent:
            return text[indent.end() :]
    kernel = _KERNEL.match(text)
    if kernel:
        line.bare = False
        return text[kernel.end() :]
    if line.wall is None:
        date = _SYSLOG.match(text) or _ISO.match(text)
        if date:
            line.wall, line.bare = date[1], False
            return _after_host(line, text[date.end() :])
    if line.bare:
        facility = _FACILITY.match(text)
        if facility:
            line.bare = False
            return text[facility.end() :]
    return None


def _journal(line: PrintedLine, text: str) -> str | None:
    """An entry of `journalctl -o json`."""
    try:
        entry = json.loads(text)
        message, program = entry["MESSAGE"], entry.get("SYSLOG_IDENTIFIER")
        at = entry.get("_SOURCE_MONOTONIC_TIMESTAMP") or entry.get("__MONOTONIC_TIMESTAMP")
        line.boot_us = int(at) if at else None
    except (ValueError, KeyError, TypeError, RecursionError):  # something else in braces
        return None
    if not isinstance(message, str):
        return None
    line.bare, line.kernel = False, program in ("kernel", None)
    return message


def _after_host(line: PrintedLine, text: str) -> str:
    """What follows the name of a host and of a program."""
    host = _HOST.match(text)
    if host is None:
        return text
    line.kernel = host[1] in ("kernel", "klogd")
    return text[host.end() :]
