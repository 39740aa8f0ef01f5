"""Shows a routine beside the lines like C that tell of it."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.errors import find
from oomlab.kernel.listings import LISTINGS as OF_THE_KERNEL
from oomlab.kernel.listings import WATCHERS
from oomlab.listeners.listings import LISTINGS as OF_THE_LISTENERS
from oomlab.listing import Listing, source_of
from oomlab.remedies.listings import LISTINGS as OF_THE_REMEDIES

LISTINGS: dict[str, Listing] = {
    listing.name: listing for listing in (*OF_THE_KERNEL, *OF_THE_LISTENERS, *OF_THE_REMEDIES)
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
