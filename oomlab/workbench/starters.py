"""What a bench can begin with: a blank driver, the drivers of the book in short, and stories.

The drivers are shortened to what matters for the question; the whole ones are in
`oomlab.listeners`.
"""

from __future__ import annotations

from oomlab.checked import checked
from oomlab.errors import unknown
from oomlab.registry import Registry
from oomlab.workbench.drivers import DRIVERS
from oomlab.workbench.starter import Starter
from oomlab.workbench.stories import STORIES

BLANK = Starter(
    "blank",
    "A blank driver",
    "It has some pages and gives them back.",
    """\
pages = lent_pages(1)

def callback(freed):
    given = yield from give_back(pages)
    yield from add_freed(freed, given)
""",
)

STARTERS: Registry[str, Starter] = Registry("starter", (BLANK, *DRIVERS, *STORIES))
"""All of them, by name."""


@checked
def find_starter(name: str) -> Starter:
    """The starter called `name`. Raises InputError, naming those there are, for an unknown one."""
    if name not in STARTERS:
        raise unknown("starter", name, STARTERS)
    return STARTERS[name]
