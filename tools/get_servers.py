"""The web servers that the site is tested behind: found, or installed from Debian's packages."""

from __future__ import annotations

import os
import shutil
import sys

from tools import debian

NAMES = ("nginx", "apache2", "lighttpd")
"""The commands, which are called as the packages are."""
_PLACES = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"  # not on a user's PATH
_HELP = (
    "Tests of the site behind other web servers are skipped where one of them is missing."
    " Install them (Debian, Ubuntu: apt-get install nginx apache2 lighttpd)"
)


def find(name: str) -> str | None:
    """The path of a server set up as Debian does it, or None."""
    return shutil.which(name, path=_PLACES) if os.path.isdir(f"/etc/{name}") else None


def missing() -> list[str]:
    """The packages of the servers that are not here."""
    return [name for name in NAMES if find(name) is None]


def main() -> int:
    """Command line: installs what is missing, but in continuous integration only.

    Elsewhere it says how to: an installed server also starts, which nobody asked for who wanted to
    run some tests.
    """
    return debian.provide("web servers", missing, _HELP, only_in_ci=True)


if __name__ == "__main__":
    sys.exit(main())
