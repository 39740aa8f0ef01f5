"""SPIN and a C compiler for the second opinion in tests/promela: found or installed."""

from __future__ import annotations

import shutil
import sys

from tools import debian

_PACKAGES = {"spin": ("spin",), "cc": ("gcc", "libc6-dev")}
_HELP = (
    "The comparison with SPIN (tests/promela) is skipped: it needs the commands spin and cc."
    " Install them (Debian, Ubuntu: apt-get install spin gcc libc6-dev)"
)


def missing() -> list[str]:
    """The commands that are not on PATH."""
    return [name for name in _PACKAGES if shutil.which(name) is None]


def needed() -> list[str]:
    """The packages that bring them."""
    return [package for name in missing() for package in _PACKAGES[name]]


def main() -> int:
    """Command line; the result is that of `debian.provide`."""
    return debian.provide("SPIN", needed, _HELP)


if __name__ == "__main__":
    sys.exit(main())
