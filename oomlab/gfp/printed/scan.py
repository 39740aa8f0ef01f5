"""Masks as messages show them: found in a line, in a mail's text, in two lines.

No pattern here has a repetition inside a repetition, so the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_NAMES = 1000
"""Characters between the brackets that are looked at (our choice; the longest list has 700)."""

_MASK = re.compile(
    r"(?P<key>(?:gfp_mask|gfp_flags|gfp|mode)[\s>=:]{0,8})?"
    r"0x(?P<number>[0-9a-fA-F]{1,16})(?![0-9a-zA-Z_])"
    rf"[ \t]{{0,3}}(?P<names>\([^()]{{0,{LONGEST_NAMES}}}(?P<closed>\))?)?"
)
_QUOTED_PRINTABLE = re.compile(r"=3[Dd]|=\r?\n")
_ENCODED = re.compile(r"=(?:\r?\n(?:>[> ]*)?|([0-9A-F]{2}))")
_ESCAPES = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_LINE_START = re.compile(r"[\r\n][\s>|]*(?:\[[^\]\n]{0,40}\][ \t]*)?(?:\[[^\]\n]{0,40}\][ \t]*)?")
_NAME = re.compile(r"_{0,2}GFP_[A-Za-z0-9_]+|0x[0-9a-fA-F]+")


@dataclass(frozen=True)
class FoundMask:
    """One mask: its number and the names beside it (None: no bracket), and `text`, the two with
    the word before them. `cut`: the bracket does not close. `order`: what the line names."""

    text: str
    value: int
    names: tuple[str, ...] | None
    cut: bool = False
    order: int | None = None


_KERNEL = re.compile(
    r"(?:Linux version |Not tainted |Tainted: [A-Z -]{1,40})"
    r"v?([2-9]\.[0-9]{1,3}[0-9A-Za-z._+~:-]{0,80})"
)
_ORDER = re.compile(r"\border[:= ] ?(-?[0-9]{1,2})\b")
_NEAR = 200  # characters before and after a mask that are searched for its order (our choice)
_SEPARATORS = re.compile(r"[\s>]")


def kernel_in(text: str) -> str | None:
    """The release that a report names ("Not tainted 5.15.0-91-generic"), None if it names none."""
    found = _KERNEL.search(text) if "ainted" in text or "Linux version" in text else None
    return found[1] if found else None


def masks_in(text: str) -> list[FoundMask]:
    """All masks that `text` shows, in order."""
    return list(_found(unwrapped(text)))


def unwrapped(text: str) -> str:
    """`text` without what terminals, syslog and mail put into it."""
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "#012" in text:
        text = text.replace("#012", "\n")
    if "=" in text and _QUOTED_PRINTABLE.search(text):
        text = _ENCODED.sub(lambda code: chr(int(code[1], 16)) if code[1] else "", text)
    return text


def _found(text: str) -> Iterator[FoundMask]:
    for match in _MASK.finditer(text):
        names, cut = _names(match["names"], closed=bool(match["closed"]))
        if not match["key"] and names is None:
            continue
        shown = f"{_SEPARATORS.sub('', match['key'] or '')}0x{match['number']}"
        if names is not None:
            shown += f"({'|'.join(names)}{'' if cut else ')'}"
        yield FoundMask(shown, int(match["number"], 16), names, cut, _order_beside(text, match))


def _order_beside(text: str, match: re.Match[str]) -> int | None:
    """The order that the line of a mask names ("order=0", "order:4"), None if it names none."""
    before = text[max(0, match.start() - _NEAR) : match.start()].rpartition("\n")[2]
    after = text[match.end() : match.end() + _NEAR].partition("\n")[0]
    found = _ORDER.search(f"{before} {after}")
    return int(found[1]) if found else None


def _names(bracket: str | None, closed: bool) -> tuple[tuple[str, ...] | None, bool]:
    """The names in a bracket, and whether it ends too early. None if it holds none."""
    if bracket is None:
        return None, False
    inside = _LINE_START.sub("", bracket.strip("()"))
    pieces = "".join(inside.split()).split("|")
    if pieces == [""] or pieces == ["none"]:
        return ((), not closed) if closed else (None, False)
    names = []
    for piece in pieces:
        name = _NAME.match(piece)
        if name:
            names.append(name[0])
        if not name or name[0] != piece:
            return (tuple(names), True) if names else (None, False)
    return tuple(names), not closed
