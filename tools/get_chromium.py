"""Chromium for the browser tests: found, or installed where the machine allows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import debian

# The one without windows comes first: nobody looks at them, and they take a third of the time.
_NAMES = (
    "chromium-headless-shell",
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
)
_HELP = (
    "The browser tests need Chromium. Install it (Debian, Ubuntu: apt-get install chromium), or say"
    " where it is: OOMLAB_CHROMIUM=/path/to/chromium make test"
)


def find() -> str | None:
    """The path of a Chromium that starts, or None.

    OOMLAB_CHROMIUM comes first, then the commands on PATH, then what Playwright downloaded.
    """
    named = os.environ.get("OOMLAB_CHROMIUM")
    for path in [named] if named else map(shutil.which, _NAMES):
        if path and _starts(path):
            return path
    return None if named else _playwrights_own()


def _starts(path: str) -> bool:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if Path(path).exists() and _starts(path) else None


def _install() -> None:
    """Tries the system's package manager, then Playwright's own download."""
    for package in ("chromium-headless-shell", "chromium"):  # older releases have only the second
        if debian.install("Chromium", package, "fonts-dejavu-core"):
            return
    print("Downloading Chromium with Playwright", flush=True)
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(playwright, stdout=subprocess.DEVNULL, check=False)


def main() -> int:
    """Command line: returns 1 in continuous integration (CI=true) when there is no Chromium.

    On a person's machine the other tests are still worth running: there the browser tests are
    skipped, each with this reason.
    """
    found = find()
    # Continuous integration may install what it likes, and the quick one pays at once.
    slow = found is not None and Path(found).name in _NAMES[1:] and os.environ.get("CI") == "true"
    if found is None or (slow and "OOMLAB_CHROMIUM" not in os.environ and debian.available()):
        _install()
    if find() is None:
        print(_HELP, file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
