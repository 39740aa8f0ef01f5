"""Whose kernel a release string names, and where that kernel is known to differ from the release
whose number it bears.

A distributor takes back later changes without changing the number. What is listed here was seen in
a header or in log lines; the rest is said to be unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Vendor:
    """`mark` finds the vendor in what follows the version's numbers; `said` is what is known.
    `takes_back`: masks of later releases are to be expected. `like`: the release whose numbers it
    has, if that is not its own."""

    name: str
    mark: re.Pattern[str]
    said: str
    takes_back: bool = False
    like: str = ""

    @classmethod
    def of(
        cls, name: str, mark: str, said: str, *, takes_back: bool = False, like: str = ""
    ) -> Vendor:
        """With the pattern as text, in any case of letters."""
        return cls(name, re.compile(mark, re.IGNORECASE), said, takes_back, like)


_AS_RELEASE = "not known to differ from the release in this"

VENDORS = (
    Vendor.of(
        "Oracle (UEK)",
        r"\.el\d+uek|\buek\b",
        "built from the release whose number it bears, not from Red Hat's kernel (0x100cca in a "
        "log line of 5.4.17 UEK)",
    ),
    Vendor.of(
        "Red Hat 6 and its kin",
        r"\.el6",
        "has later features taken back, among them huge pages, and so the flags of 2.6.39 (from "
        "memory)",
        like="2.6.39",
    ),
    Vendor.of(
        "Red Hat 7 and its kin",
        r"\.el7",
        "has later changes taken back; the numbers are those of 3.10 (0x20 is GFP_ATOMIC in log "
        "lines), and masks are printed without names",
    ),
    Vendor.of(
        "Red Hat 8 and its kin",
        r"\.el8",
        "has later changes taken back; numbers and names are those of 4.18, the layout of the OOM "
        "line that of 5.0 (log lines)",
    ),
    Vendor.of(
        "Red Hat 9 and its kin",
        r"\.el9",
        "takes memory management from later releases with each minor version; which numbers each "
        "has is not established: names beside the mask count for more than the version",
        takes_back=True,
    ),
    Vendor.of(
        "Red Hat 10 and its kin",
        r"\.el1\d",
        "may take memory management from later releases; not established",
        takes_back=True,
    ),
    Vendor.of(
        "Android",
        r"android|-gki|-perf\b",
        "may have a bit __GFP_CMA after the others, and 5.15 has the three KASAN flags of 5.18 "
        "(header, and 0x6100cca on 5.15)",
        takes_back=True,
    ),
    Vendor.of(
        "openEuler",
        r"\.oe\d|openeuler|\.oe2\d",
        "uses the bit 0x200 as __GFP_RELIABLE in a kernel built with CONFIG_MEMORY_RELIABLE "
        "(header of its 6.6)",
    ),
    Vendor.of(
        "SUSE",
        r"-default\b|-lp\d|-azure-default",
        "its service packs take back later changes; whether masks moved is not established",
        takes_back=True,
    ),
    Vendor.of("Debian", r"deb\d+|bpo|-amd64|-arm64|-686|-cloud|-armmp", _AS_RELEASE),
    Vendor.of("Proxmox", r"-pve", "built from Ubuntu's kernel, " + _AS_RELEASE),
    Vendor.of(
        "Ubuntu",
        r"-generic|-lowlatency|-azure|-aws|-gcp|-oem|-kvm|-oracle|-raspi|ubuntu",
        _AS_RELEASE,
    ),
    Vendor.of("Amazon", r"amzn|bottlerocket", _AS_RELEASE),
    Vendor.of("Microsoft (WSL)", r"microsoft|wsl", _AS_RELEASE),
    Vendor.of("Fedora", r"\.fc\d+", _AS_RELEASE),
    Vendor.of("Arch and its kin", r"-arch\d|-zen|cachyos|-tkg|-manjaro|-lts\b|xanmod", _AS_RELEASE),
)
"""The first that fits counts."""

DEVELOPMENT = re.compile(r"-next|-mm\d|-\d{5}-g[0-9a-f]{6,}|-rc\d", re.IGNORECASE)
"""Marks of a tree between two releases."""


def vendor_of(tail: str) -> Vendor | None:
    """Who built a kernel, by what follows the numbers of its version."""
    return next((vendor for vendor in VENDORS if vendor.mark.search(tail)), None)
