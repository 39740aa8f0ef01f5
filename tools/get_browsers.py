"""Firefox and WebKit, in which the book is read beside Chromium: found, or installed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tools import debian

_FIREFOX = ("firefox-esr", "firefox")
_PLACES = ("/usr/lib/*/webkit2gtk-4.*", "/usr/libexec/webkit2gtk-4.*")
"""Where systems keep WebKit's small browser, which is no command of its own."""
_HELP = (
    "Tests in Firefox and WebKit are skipped where one of them is missing. Install them (Debian:"
    " apt-get install firefox-esr webkit2gtk-driver xvfb), or say where Firefox is:"
    " OOMLAB_FIREFOX=/path/to/firefox make test"
)


def firefox() -> str | None:
    """The path of Firefox: what OOMLAB_FIREFOX names, or a command on PATH."""
    named = os.environ.get("OOMLAB_FIREFOX")
    found = (shutil.which(name) for name in ([named] if named else _FIREFOX))
    return next(filter(None, found), None)


def webkit() -> tuple[str, str, str] | None:
    """What runs WebKit: its driver, the browser that this drives, and a screen for that."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browsers = (
        str(path)
        for place in _PLACES
        for path in sorted(Path("/").glob(f"{place.removeprefix('/')}/MiniBrowser"))
    )
    browser = next(browsers, None)
    return (driver, browser, screen) if driver and browser and screen else None


def missing() -> list[str]:
    """The packages of what is not here."""
    packages = [] if firefox() else ["firefox-esr"]
    return packages if webkit() else [*packages, "webkit2gtk-driver", "xvfb"]


def main() -> int:
    """Command line; the result is that of `debian.provide`."""
    return debian.provide("Firefox and WebKit", missing, _HELP)


if __name__ == "__main__":
    sys.exit(main())
