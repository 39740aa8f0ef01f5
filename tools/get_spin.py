"""SPIN and a C compiler for the second opinion in tests/promela: found or installed."""

from __future__ import annotations

import os
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


def main() -> int:
    """Command line: returns 1 in continuous integration (CI=true) where apt-get could have helped.

    Elsewhere the other tests are still worth running, and those in tests/promela say why they are
    skipped.
    """
    if absent := missing():
        debian.install("SPIN", *(package for name in absent for package in _PACKAGES[name]))
    if missing():
        print(_HELP, file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" and debian.available() else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
