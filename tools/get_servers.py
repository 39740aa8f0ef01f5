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
    "Tests of the site behind other web servers are skipped where {names} is missing."
    " Install it (Debian, Ubuntu: apt-get install {names})"
)


def find(name: str) -> str | None:
    """The path of a server set up as Debian does it, or None."""
    return shutil.which(name, path=_PLACES) if os.path.isdir(f"/etc/{name}") else None


def main() -> int:
    """Command line: installs what is missing, but in continuous integration (CI=true) only.

    Elsewhere it says how to: an installed server also starts, which nobody asked for who wanted to
    run some tests. Returns 1 where CI has apt-get and it did not help.
    """
    insist = os.environ.get("CI") == "true" and debian.available()
    if insist and (absent := _absent()):
        debian.install("web servers", *absent)
    if absent := _absent():
        print(_HELP.format(names=" ".join(absent)), file=sys.stderr)
    return 1 if insist and absent else 0


def _absent() -> list[str]:
    return [name for name in NAMES if find(name) is None]


if __name__ == "__main__":
    sys.exit(main())
