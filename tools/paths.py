"""Where things are, and fingerprints of what is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"  # all that is fetched or made on the way
SITE = ROOT / "_build" / "html"  # the finished book
EXTRA = BUILD / "site"  # what Sphinx copies into the site's _static/ beside book/site_static
ENGINE_REPORT = EXTRA / "live" / "engine.json"

_LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}


def files_below(*places: Path) -> list[Path]:
    """All files of the given files and folders, sorted; places that do not exist count as empty."""
    found: set[Path] = set()
    for place in places:
        candidates = place.rglob("*") if place.is_dir() else [place]
        found.update(
            path
            for path in candidates
            if path.is_file() and not _LEFT_OUT.intersection(path.parts) and path.suffix != ".pyc"
        )
    return sorted(found)


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash of names and contents, the same on every machine whatever the times of the files."""
    total = hashlib.sha256()
    for path in paths:
        name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
