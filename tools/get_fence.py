"""bubblewrap, which keeps students' code apart when it is graded: found or installed."""

from __future__ import annotations

import shutil
import sys

from tools import debian

_HELP = (
    "A test of the fence around students' code (tests/course) is skipped: it needs the command"
    " bwrap. Install it (Debian, Ubuntu: apt-get install bubblewrap)"
)


def missing() -> list[str]:
    """The package whose command is not on PATH, if so. Whether a fence may stand here is another
    question, which `oomlab.course.grading.fence` answers."""
    return [] if shutil.which("bwrap") else ["bubblewrap"]


def main() -> int:
    """Command line; the result is that of `debian.provide`."""
    return debian.provide("bubblewrap", missing, _HELP)


if __name__ == "__main__":
    sys.exit(main())
