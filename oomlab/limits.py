"""What the model simplifies, guesses or leaves out, said beside the code that does it.

A module that departs from the kernel has a constant `LIMITS`, a tuple of `Limit`. The book's page
of limits is made of all of them, so that it cannot fall behind the code.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

import oomlab
from oomlab.checked import checked

Kind = Literal["simplified", "guessed", "not modelled", "cannot be shown"]
"""`simplified`: there, but less of it than in the kernel. `guessed`: a number or a choice of ours.
`not modelled`: absent. `cannot be shown`: a model of this kind has no way to show it."""


class Limit(NamedTuple):
    """One departure from the kernel: `topic`, a few words, and `what` about it, in sentences of
    plain text with `code` in backquotes."""

    kind: Kind
    topic: str
    what: str


def collect() -> Iterator[tuple[str, Limit]]:
    """(module, limit) of every module of the package, in the order of their names.

    Imports them all, but for those that need a package which is not installed.
    """
    import pkgutil  # each module with limits imports this one, and none collects them

    for found in sorted(pkgutil.walk_packages(oomlab.__path__, "oomlab."), key=lambda m: m.name):
        if found.name.startswith(("oomlab.widgets", "oomlab.figures.plots")):
            continue  # pictures and widgets depart from nothing, and may not be importable
        try:
            module = importlib.import_module(found.name)
        except ImportError as error:
            if (error.name or "").startswith("oomlab"):
                raise
            continue
        for limit in getattr(module, "LIMITS", ()):
            yield found.name, limit


@checked
def limits_markdown(kind: Kind) -> str:
    """The limits of one kind as a Markdown list; each item ends with the file that it is about."""
    rows = [(name, limit) for name, limit in collect() if limit.kind == kind]
    return "\n".join(
        f"- **{limit.topic}.** {limit.what} (`{name.removeprefix('oomlab.').replace('.', '/')}`)"
        for name, limit in rows
    )


KINDS: tuple[Kind, ...] = get_args(Kind)

__all__ = ["KINDS", "Kind", "Limit", "collect", "limits_markdown"]
