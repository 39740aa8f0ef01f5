"""What `oomlab claims` and `oomlab findings` share: each judges the entries of a ledger."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from oomlab.command.parser import json_option
from oomlab.command.progress import Progress
from oomlab.command.status import NOT_AS_EXPECTED

Entry = TypeVar("Entry")
Opinion = TypeVar("Opinion")


@dataclass(frozen=True)
class LedgerCommand(Generic[Entry, Opinion]):
    """What the entries of a ledger are called, the entries, how one is found and judged, and how
    what was judged is shown.

    `key` is what an entry is found by, as the help has it. `holds`: is what was judged as it was
    declared? If not of all, the command ends with status 1.
    """

    name: str
    entries: Mapping[Any, Entry]
    key: str
    find: Callable[[str], Entry]
    judge: Callable[[Sequence[Entry]], list[Opinion]]
    data: Callable[[Sequence[Opinion]], Any]
    text: Callable[[Sequence[Opinion]], Iterable[str]]
    holds: Callable[[Opinion], bool]

    def options(self, parser: argparse.ArgumentParser) -> None:
        """Which entry, and in what form the answer is to be."""
        parser.add_argument("which", nargs="?", metavar=self.key, help="only this one")
        json_option(parser)

    def answer(self, given: argparse.Namespace, progress: Progress) -> Iterator[str]:
        """Judge one entry, or all of them."""
        chosen = list(self.entries.values()) if given.which is None else [self.find(given.which)]
        judged: list[Opinion] = []
        for entry in chosen:
            progress.tell(f"{len(judged)} of {len(chosen)} {self.name}")
            judged += self.judge([entry])
        if given.json:
            yield json.dumps(self.data(judged), indent=1)
        else:
            yield from self.text(judged)
        if not all(map(self.holds, judged)):
            raise SystemExit(NOT_AS_EXPECTED)
