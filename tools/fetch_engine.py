"""What the site carries beside its pages: MathJax, the panels' code and the in-page Python.

Makes .build/site, which Sphinx copies into the site's _static/:

    live/engine.json      whether there is an in-page engine and, if not, why
    live/pyodide/         Python for the browser
    live/wheels/          oomlab and simpy, with index.json naming them in order of unpacking
    vendor/mathjax/       formulas
    oom-panel/            the panels' script and styles, the same code that a notebook runs

Nothing is left half made: the folder is put together beside its final place, then renamed. What
cannot be had is left out and said in one line; the book then shows stored results only.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tools import npm, wheels
from tools.paths import BUILD, ENGINE_REPORT, EXTRA, ROOT, files_below, fingerprint

_STAMP = BUILD / "site.stamp"
_WIDGETS = ROOT / "oomlab" / "widgets"
_WITHOUT = "This copy of the book was built without its in-page engine."  # for readers of the site
PAGE_SCRIPT = "oomlab.js"
"""What brings a page's panels to life, below oom-panel/."""
_INPUTS = [ROOT / name for name in ("oomlab", "pyproject.toml", "requirements.txt", "tools")]


def axe() -> Path:
    """axe-core, the accessibility checker of the tests; never part of the site."""
    return npm.unpacked(npm.pins()["axe-core"]) / "axe.min.js"


def make_site_parts() -> dict[str, object]:
    """Brings .build/site up to date and returns what engine.json says.

    An engine that could not be had the last time is tried again every time, and if that fails, one
    printed line says why.
    """
    key = fingerprint(files_below(*_INPUTS))
    if _STAMP.exists() and _STAMP.read_text() == key and (report := engine_report()) is not None:
        return report
    BUILD.mkdir(exist_ok=True)
    _STAMP.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="site-") as scratch:
        parts = Path(scratch) / "parts"
        report = _assemble(parts)
        if EXTRA.exists():
            EXTRA.rename(Path(scratch) / "old")
        parts.rename(EXTRA)
    if report["available"]:
        _STAMP.write_text(key)
    return report


def engine_report() -> dict[str, object] | None:
    """What engine.json says, or None before the first build."""
    if not ENGINE_REPORT.exists():
        return None
    report: dict[str, object] = json.loads(ENGINE_REPORT.read_text(encoding="utf-8"))
    return report


def _assemble(parts: Path) -> dict[str, object]:
    from oomlab.widgets import scripts  # not above: a build with nothing to do need not load it

    panels = parts / "oom-panel"
    panels.mkdir(parents=True)
    for source in _WIDGETS.glob("*.css"):
        shutil.copyfile(source, panels / source.name)
    (panels / PAGE_SCRIPT).write_text(scripts.page_script(), encoding="utf-8")
    try:
        _mathjax(parts / "vendor" / "mathjax")
        report = _engine(parts / "live")
    except npm.FetchError as problem:
        shutil.rmtree(parts / "live", ignore_errors=True)
        print(f"The book is built without its in-page engine: {problem}.", flush=True)
        report = {"available": False, "why": _WITHOUT}
    live = parts / "live"
    live.mkdir(exist_ok=True)
    (live / "engine.json").write_text(json.dumps(report) + "\n", encoding="utf-8")
    return report


def _mathjax(where: Path) -> None:
    shutil.copytree(npm.unpacked(npm.pins()["mathjax"]), where)


def _engine(live: Path) -> dict[str, object]:
    pin = npm.pins()["pyodide"]
    (live / "pyodide").mkdir(parents=True)
    for source in npm.unpacked(pin).iterdir():
        shutil.copyfile(source, live / "pyodide" / served_name(source.name))
    shelf = live / "wheels"
    shelf.mkdir()
    simpy = wheels.simpy_wheel()
    shutil.copyfile(simpy, shelf / simpy.name)
    names = [simpy.name, wheels.oomlab_wheel(shelf).name]
    (shelf / "index.json").write_text(json.dumps(names) + "\n", encoding="utf-8")
    sizes = {path.relative_to(live).as_posix(): path.stat().st_size for path in files_below(live)}
    total = sum(sizes.values())
    return {"available": True, "pyodide": pin.version, "bytes": total, "files": sizes}


def served_name(name: str) -> str:
    """The name under which a file of Pyodide is served.

    Many servers (Debian 12's nginx among them) know no type for .mjs, and browsers run no script
    without one. worker.js hands Pyodide the part that it would load by the name in its package.
    """
    return f"{name.removesuffix('.mjs')}.js" if name.endswith(".mjs") else name


def main() -> int:
    """Command line: fetch what the site needs, or (--only tests) what the tests need."""
    parser = argparse.ArgumentParser(description="Fetch what the book's pages need beside Sphinx.")
    parser.add_argument("--only", choices=["site", "tests"], default="site")
    if parser.parse_args().only == "tests":
        try:
            axe()
        except npm.FetchError as problem:
            print(f"The accessibility tests need axe-core: {problem}", file=sys.stderr)
            return 1
        return 0
    report = make_site_parts()
    return 0 if report["available"] else 1


if __name__ == "__main__":
    sys.exit(main())
