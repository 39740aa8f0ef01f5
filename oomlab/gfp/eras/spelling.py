"""Which kernel a release string means: "5.15.0-91-generic", "3.10.0-1160.el7", "v6.1"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from oomlab.brief import brief
from oomlab.errors import InputError, shown
from oomlab.gfp.eras.era import ERAS, Era, ReleaseKey, dotted, release_key
from oomlab.gfp.eras.vendors import DEVELOPMENT, Vendor, vendor_of

EXAMPLES = "4.13, v6.1, 5.15.0-91-generic, 3.10.0-1160.el7"

_FORM = re.compile(
    r"\s*(?:linux[ -](?:version )?|kernel[ -])?v?"
    r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,5}))?(?![\d])(?:[.\-+~_ ,:#(].*)?",
    re.DOTALL | re.IGNORECASE,
)
_NUMBERED_BY_THREE = (2, 6)
"""The only series whose third number made a release."""

_ORDER_OF_6_15 = ((6, 12), (6, 14))
"""Long-term and stable kernels that took back the list of flags for traces (60295b944ff6)."""


@brief
@dataclass(frozen=True)
class NamedKernel:
    """A kernel as somebody named it.

    `release`: in the order of time. `era`: whose masks it has. `vendor`: who built it, if that
    shows. `development`: a tree between two releases. `guess`: it is newer than anything that is
    known here. `notes`: what to keep in mind, a sentence each.
    """

    spelled: str
    release: ReleaseKey
    era: Era
    vendor: Vendor | None
    development: bool
    guess: bool
    notes: tuple[str, ...]

    @property
    def takes_back(self) -> bool:
        """Are masks of later releases to be expected from its vendor?"""
        return self.vendor is not None and self.vendor.takes_back

    @property
    def may_be_newer(self) -> bool:
        """May it print what later releases print, without anything being wrong?"""
        return self.takes_back or self.development or self.guess

    @property
    def version(self) -> str:
        """The release as it is written, without what follows: "5.15", "2.6.32"."""
        return dotted(self.release)


@lru_cache(maxsize=1024)
def kernel_named(spelled: str) -> NamedKernel:
    """The kernel that `spelled` means. Raises InputError for what is no release, and for one older
    than the eras."""
    found = _FORM.fullmatch(spelled)
    if not found:
        raise InputError(f"{shown(spelled)} is no release of the kernel; valid: e.g. {EXAMPLES}")
    major, minor, third = (int(number) if number else None for number in found.groups())
    assert major is not None and minor is not None
    release: ReleaseKey = (major, minor)
    if release == _NUMBERED_BY_THREE:
        release = (major, minor, third or 0)
    if release < ERAS[0].first:
        raise InputError(
            f"{shown(spelled)} is older than the tables; valid: {ERAS[0].name} and newer"
        )
    tail = spelled[found.end(3) if found[3] else found.end(2) :]
    vendor = vendor_of(tail)
    era = _era(release_key(vendor.like) if vendor and vendor.like else release)
    guess = era is ERAS[-1] and release > era.first
    development = bool(DEVELOPMENT.search(tail))
    notes = tuple(_notes(release, vendor, development, guess))
    return NamedKernel(spelled, release, era, vendor, development, guess, notes)


def _era(release: ReleaseKey) -> Era:
    return next(era for era in reversed(ERAS) if era.first <= release)


def era_of(release: str) -> Era:
    """The era of a release string. Raises InputError as `kernel_named` does."""
    return kernel_named(release).era


def _notes(release: ReleaseKey, vendor: Vendor | None, development: bool, guess: bool) -> list[str]:
    notes = []
    if guess:
        notes.append(f"newer than the newest kernel that was looked at ({ERAS[-1].name}): a guess")
    if vendor:
        notes.append(f"{vendor.name}: {vendor.said}")
    if development:
        notes.append("a development tree: it may already print what the next release prints")
    if _ORDER_OF_6_15[0] <= release <= _ORDER_OF_6_15[1]:
        notes.append(
            "stable updates took back 60295b944ff6, which is for traces; whether the printed order "
            "of 6.15 came too is not established"
        )
    return notes
