"""The balloon by hand: the reader moves pages from a guest to its host, and back.

It shows what the word means before anything goes wrong. The sizes are those of a scenario; the
rules are a few lines of balloon.js, and nothing is computed while somebody plays.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.scenarios import find_scenario
from oomlab.widgets import scripts
from oomlab.widgets.markup import LATE, data_script
from oomlab.widgets.shown import Shown

TILES = 16
"""In so many pieces the guest's memory is drawn (our choice)."""

_PAGE_KB = 4

_NO_SCRIPT = (
    "With JavaScript switched on, pages can be moved here. The picture shows the guest before it"
    " lends anything."
)


class Sizes(NamedTuple):
    """How much of a guest's memory belongs to whom, in tiles of `tile_mb` megabytes: the `largest`
    program, all `others`, and what is `free` while the balloon is empty."""

    tile_mb: int
    largest: int
    others: int
    free: int

    def mb(self, tiles: int) -> int:
        """So many tiles in megabytes."""
        return tiles * self.tile_mb


@checked
def guest_sizes(scenario: str) -> Sizes:
    """The sizes of a scenario's guest with the balloon's pages still in it.

    Raises InputError for a scenario without a balloon, or of sizes that are no whole tiles.
    """
    settings = find_scenario(scenario).settle({}, "clock")
    if "balloon_pages" not in settings:
        raise InputError(f"{scenario} has no balloon; valid: a scenario with balloon_pages")
    total, largest, lent = (
        int(settings[name]) for name in ("managed_pages", "hog_pages", "balloon_pages")
    )
    tile = total // TILES
    if total % TILES or largest % tile or lent % tile or tile * _PAGE_KB % 1024:
        raise InputError(f"the sizes of {scenario} are no whole tiles; valid: multiples of {tile}")
    return Sizes(
        tile * _PAGE_KB // 1024, largest // tile, (total - largest - lent) // tile, lent // tile
    )


@checked
class Balloon(Shown):
    """A guest and its host, to lend memory by hand. `scenario` gives the sizes.

    Raises InputError as `guest_sizes` does.
    """

    _esm = scripts.balloon_module()

    def __init__(self, scenario: str, title: str = "A balloon, by hand") -> None:
        self.sizes = guest_sizes(scenario)
        super().__init__(_html(self.sizes, title))

    def __repr__(self) -> str:
        return f"Balloon({self.sizes.mb(TILES)} MB, of which {self.sizes.mb(self.sizes.free)} free)"


def _html(sizes: Sizes, title: str) -> str:
    name = escape(title)
    programs = (
        f'<li class="oom-b-cell"><span class="oom-b-tile" data-is="{kind}"></span></li>'
        for kind, count in (("largest", sizes.largest), ("used", sizes.others))
        for _ in range(count)
    )
    free = (
        '<li class="oom-b-cell"><button type="button" class="oom-b-tile" data-is="free"'
        f' aria-label="{sizes.tile_mb} MB, free: lend them to the host" disabled></button></li>'
        for _ in range(sizes.free)
    )
    return "".join(
        (
            f'<div class="oom-box oom-balloon" role="group" aria-label="{name}">',
            f'<p class="oom-title" aria-hidden="true">{name}</p>',
            f"<noscript><p>{_NO_SCRIPT}</p></noscript>",
            LATE,
            '<div class="oom-b-scene"><div class="oom-b-machines">',
            '<div class="oom-b-guest">',
            f"<p><b>Guest</b>, {sizes.mb(TILES)} MB: programs "
            f'<b data-mb="used">{sizes.mb(sizes.largest + sizes.others)}</b>, free '
            f'<b data-mb="free">{sizes.mb(sizes.free)}</b></p>',
            '<div class="oom-b-frame"><div class="oom-b-skin" aria-hidden="true"',
            ' data-thing="balloon" data-lent="0">balloon</div>',
            '<ul class="oom-b-pages" aria-label="Memory of the guest">',
            *programs,
            *free,
            "</ul></div></div>",
            '<div class="oom-b-host">',
            '<p><b>Host</b>: has <b data-mb="lent">0</b> MB of the guest for others</p>',
            f'<ul class="oom-b-pages" style="--oom-places:{sizes.free}"',
            ' aria-label="Memory that the host has from the guest">',
            *('<li class="oom-b-cell"></li>' for _ in range(sizes.free)),
            "</ul></div></div>",
            f'<div class="oom-b-side"><p class="oom-b-told" role="status">{_opening(sizes)}</p>',
            '<fieldset disabled><legend class="oom-hidden">What happens</legend>',
            '<div class="oom-moves">',
            f'<button type="button" data-do="lend">Lend {sizes.tile_mb} MB</button>',
            f'<button type="button" data-do="back">Get {sizes.tile_mb} MB back</button>',
            '<button type="button" data-do="ask">A program needs memory</button>',
            '<button type="button" data-do="restart">Start again</button>',
            "</div></fieldset></div></div>",
            data_script(sizes._asdict()),
            "</div>",
        )
    )


def _opening(sizes: Sizes) -> str:
    return (
        f"{sizes.mb(sizes.free)} MB of the guest are free, and the host is short of memory. Press"
        " a free page."
    )
