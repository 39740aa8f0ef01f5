"""What one release did to GFP masks: the form of the entries from which all eras are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Change:
    """What came with the release `since`. What an entry does not name stays as it was before.

    Names are written without their `__GFP_`; those that begin with `GFP_` are masks.

    `source`: what it rests on, a header of the time, a patch, or log lines that were seen.
    `doubt`: what could not be established, "" if nothing.
    `bits`: all flags, lowest bit first; "-" is an unused bit. `NAME?OPTION` has its bit only in a
    kernel built with CONFIG_OPTION.
    `put`: single flags and their bit (None: the flag is gone). `renamed`: old name, new name.
    `masks`: named masks, as the words that are or'ed; a word with a "-" is taken away again. None:
    the mask is gone.
    `order`: the names as the kernel prints them; `named`: does it print them at all.
    `packed`: an optional flag that is missing gives its place to the next one.
    """

    since: str
    source: str
    doubt: str = ""
    bits: str = ""
    put: Mapping[str, int | None] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    masks: Mapping[str, str | None] = field(default_factory=dict)
    order: str = ""
    named: bool | None = None
    packed: bool | None = None
