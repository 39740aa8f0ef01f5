"""What the page's Python has, as files and as the list that Pyodide reads, and what it has not.

Pyodide's own list names hundreds of packages that lie on its makers' host. The one that is written
here names what is in the site, so that nothing else is ever asked for.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import wheels
from tools.npm import FetchError
from tools.paths import BUILD, ROOT

LOCK = ROOT / "requirements-lite-page-lock.txt"
EXTENSION = "@jupyterlite/pyodide-kernel-extension"
PYTHON = "python"
"""The folder of the page's Python, below the page's own."""
_CACHE = BUILD / "lite-wheels"
_PAGE_SIDE = {"jupyterlab-widgets", "widgetsnbextension"}
"""Scripts for browsers, packed for Python: the page has them from its extensions."""
_KERNEL = ("ipykernel", "piplite", "pyodide-kernel")
"""The kernel itself, which its extension brings; the first is a stand-in that holds a name."""
_NOT_WANTED = {"jupytext", "ipykernel"}
"""Of the chapters' packages: what makes notebooks of them, and a kernel that needs sockets."""
_PIN = re.compile(r"^([\w.-]+)==", re.MULTILINE)


def missing() -> list[str]:
    """The chapters' packages that the page's Python has not: they have no pure wheel."""
    held = {*_pinned(LOCK), "simpy", *_NOT_WANTED}
    return [name for name in _pinned(ROOT / "requirements.txt") if name not in held]


def page_wheels() -> list[Path]:
    """The wheels that the lock pins, downloaded if they are not there yet. Raises FetchError."""
    folder = _CACHE / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    if not folder.is_dir():
        _CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE, prefix="new-") as scratch:
            ready = Path(scratch) / "ready"
            wheels.download(LOCK, ready, python="3.14")
            ready.rename(folder)
    found = sorted(folder.glob("*.whl"))
    return [wheel for wheel in found if _name_and_version(wheel)[0] not in _PAGE_SIDE]


def kernel_wheels(extension: Path) -> list[Path]:
    """The kernel's wheels in the folder of its extension. Raises FetchError if one is missing."""
    known = {_name_and_version(w)[0]: w for w in extension.glob("static/pypi/*.whl")}
    if absent := [name for name in _KERNEL if name not in known]:
        raise FetchError(f"{EXTENSION} has no wheel of {', '.join(absent)}")
    return [known[name] for name in _KERNEL]


def write_python(site: Path, lite: Path) -> list[str]:
    """Writes the folder of the page's Python into the built page `lite`, which will lie in `site`:
    wheels, their list, and the script that starts it. Gives the names of the packages.

    Raises FetchError when a wheel cannot be had.
    """
    live = site / "_static" / "live"
    home = lite / PYTHON
    home.mkdir()
    entries = {}
    for wheel in page_wheels():
        shutil.copyfile(wheel, home / wheel.name)
        entries.update(_entry(wheel, wheel.name))
    for name in json.loads((live / "wheels" / "index.json").read_text(encoding="utf-8")):
        entries.update(_entry(live / "wheels" / name, f"../../_static/live/wheels/{name}"))
    for wheel in kernel_wheels(lite / "extensions" / EXTENSION):
        entries.update(_entry(wheel, f"../{wheel.relative_to(lite).as_posix()}"))
    told = json.loads((live / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    text = json.dumps({"info": told["info"], "packages": entries}, indent=1, sort_keys=True)
    # Named after what is in it: no browser takes that of an earlier book from its cache.
    listed = f"packages-{hashlib.sha256(text.encode()).hexdigest()[:10]}.json"
    (home / listed).write_text(f"{text}\n", encoding="utf-8")
    script = (Path(__file__).parent / "page_python.js").read_text(encoding="utf-8")
    (home / "pyodide.js").write_text(script.replace("LOCK", listed), encoding="utf-8")
    return sorted(entries)


def listed_files(lite: Path) -> Iterator[tuple[Path, str]]:
    """Each file that the page's Python loads, with its SHA-256 as it was when the page was made."""
    for found in (lite / PYTHON).glob("packages-*.json"):
        packages: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))["packages"]
        for entry in packages.values():
            yield (lite / PYTHON / entry["file_name"]).resolve(), entry["sha256"]


def _entry(wheel: Path, address: str) -> dict[str, dict[str, Any]]:
    """What Pyodide's list says of a package. All are loaded at once, so none depends on another."""
    name, version = _name_and_version(wheel)
    entry = {
        "name": name,
        "version": version,
        "file_name": address,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "install_dir": "site",
        "package_type": "package",
        "imports": [],
        "depends": [],
        "unvendored_tests": False,
    }
    return {name: entry}


def _name_and_version(wheel: Path) -> tuple[str, str]:
    name, version = wheel.name.split("-")[:2]
    return _canonical(name), version


def _pinned(file: Path) -> list[str]:
    return [_canonical(name) for name in _PIN.findall(file.read_text(encoding="utf-8"))]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
