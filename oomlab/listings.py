"""Shows a routine beside the lines like C that tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import ndiff

from oomlab.errors import find
from oomlab.kernel.listings import LISTINGS as OF_THE_KERNEL
from oomlab.kernel.listings import WATCHERS
from oomlab.listeners.listings import LISTINGS as OF_THE_LISTENERS
from oomlab.listing import Listing, source_of
from oomlab.remedies.listings import LISTINGS as OF_THE_REMEDIES
from oomlab.scenarios.listings import LISTINGS as OF_THE_SCENARIOS

LISTINGS: dict[str, Listing] = {
    listing.name: listing
    for listing in (*OF_THE_KERNEL, *OF_THE_LISTENERS, *OF_THE_REMEDIES, *OF_THE_SCENARIOS)
}
"""All listings, by the kernel's name of the function."""


@dataclass(frozen=True)
class ShownCode:
    """A routine and its listing, for a notebook and for a page.

    As Markdown, so that each front end colours the code in its own theme and escapes it. `print`
    shows the same without markup.
    """

    listing: Listing

    @property
    def python(self) -> str:
        """The routine, without what only watches."""
        return source_of(self.listing.routine, without=WATCHERS)

    def __str__(self) -> str:
        return f"{self.listing.code}\n{self.python}\n"

    def _repr_markdown_(self) -> str:
        listing = self.listing
        name = f"`{listing.name}`" if listing.name.isidentifier() else listing.name
        return "\n\n".join(
            (
                '<div class="oom-code"><div>',
                f"**In the manner of C**: {name}",
                f"```c\n{listing.code}```",
                "</div><div>",
                f"**In the model**: `{listing.routine.__qualname__}`",
                f"```python\n{self.python}\n```",
                "</div></div>",
            )
        )


def show_code(name: str) -> ShownCode:
    """A routine of the kernel or of a driver, side by side with about ten lines like C.

    `name`: the kernel's, as in `show_code("fill_balloon")`. Steps that only watch, and docstrings,
    are left out. Raises InputError naming all there are.
    """
    return ShownCode(find("listing", name, LISTINGS))


@dataclass(frozen=True)
class ShownChange:
    """What a patch does to a routine: two listings, line by line, for a notebook and for a page."""

    before: Listing
    after: Listing

    def __str__(self) -> str:
        lines = ndiff(self.before.code.splitlines(), self.after.code.splitlines())
        return "".join(f"{_as_in_a_patch(line)}\n" for line in lines if line[0] != "?")

    def _repr_markdown_(self) -> str:
        return f"```diff\n{self}```"


def _as_in_a_patch(line: str) -> str:
    """A line with one sign before it, not two."""
    return f"{line[0]}{line[2:]}".rstrip()


def show_change(before: str, after: str) -> ShownChange:
    """What leads from one listing to another, as in a patch.

    `before`, `after`: names, as for `show_code`. Raises InputError naming all there are.
    """
    return ShownChange(find("listing", before, LISTINGS), find("listing", after, LISTINGS))
