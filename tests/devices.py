"""A device that a test may put at risk."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def device(path: Path) -> None:
    """Make a device at `path`. Root gets one of its own: the machine's could really be replaced.
    Nobody else may make one, or replace the machine's."""
    if os.geteuid() == 0:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    else:
        path.symlink_to(os.devnull)
