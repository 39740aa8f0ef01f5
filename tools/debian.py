"""Debian's (or Ubuntu's) package manager, for what the tests need and Python's cannot install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable


def available() -> bool:
    """Is there an apt-get, and may we use it without being asked for a password?"""
    return shutil.which("apt-get") is not None and _rights() is not None


def install(what: str, *packages: str) -> bool:
    """Install packages, saying that it is `what` that is being installed. Result: did it work?

    False where apt-get is not available; see there.
    """
    rights = _rights() if available() else None
    if rights is None:
        return False
    quiet = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    print(f"Installing {what} with apt-get", flush=True)
    _run([*quiet, "update"])
    return _run([*quiet, "install", "--yes", "--no-install-recommends", *packages])


def provide(
    what: str, missing: Callable[[], list[str]], help_text: str, *, only_in_ci: bool = False
) -> int:
    """Install the packages that are `missing`; what still is is told with `help_text`.

    Result, for a command line: 1 in continuous integration (CI=true) where apt-get could have
    helped. Elsewhere the other tests are still worth running, and those that need it are skipped
    with that reason. With `only_in_ci` nothing is installed on a person's machine.
    """
    insist = os.environ.get("CI") == "true" and available()
    if (insist or not only_in_ci) and (packages := missing()):
        install(what, *packages)
    if not missing():
        return 0
    print(help_text, file=sys.stderr)
    return 1 if insist else 0


def _rights() -> list[str] | None:
    """What to put before a command that only root may run; None if we may not."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and _run(["sudo", "-n", "true"]) else None


def _run(command: list[str]) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
