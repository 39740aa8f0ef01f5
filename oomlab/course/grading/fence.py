"""bubblewrap around a student's code, where it is installed and works.

Inside it there is no network, no home, no course: only Python, its packages, this package and the
folder of the run.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from pathlib import Path

import oomlab
from oomlab.errors import OomlabError

PACKAGE = Path(oomlab.__file__).resolve().parent

_SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/ld.so.cache")


class NoFence(OomlabError):
    """bubblewrap was asked for, and it does not work here."""


def command(folder: str, required: bool) -> list[str]:
    """What stands before a command that is to see `folder` and little else; [] without a fence.

    Raises NoFence if a fence is `required` and there is none.
    """
    if works():
        return _command(folder)
    if required:
        raise NoFence("bubblewrap is required here, and `bwrap` is not installed or does not work")
    return []


@functools.cache
def works() -> bool:
    """Can bubblewrap start this Python here? Containers and some systems forbid it."""
    if not shutil.which("bwrap"):
        return False
    code = f"import sys; sys.path.append({str(PACKAGE.parent)!r}); import oomlab, IPython"
    trial = [*_command("/tmp"), sys.executable, "-I", "-c", code]
    done = subprocess.run(trial, capture_output=True, timeout=60, check=False)
    return done.returncode == 0


def _command(folder: str) -> list[str]:
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    seen = [*(path for path in _SYSTEM if Path(path).exists()), *sorted(python), str(PACKAGE)]
    mounts = [word for path in dict.fromkeys(seen) for word in ("--ro-bind", path, path)]
    start = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    apart = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    return [*start, *apart, *mounts, "--bind", folder, folder, "--chdir", folder, "--"]
