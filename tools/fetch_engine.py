"""What the site carries beside its pages: MathJax, the panels' code and the in-page Python.

Makes .build/site, which Sphinx copies into the site's _static/:

    live/engine.json      whether there is an in-page engine, its version, the sizes of its files in
                          bytes and of all as servers pack them; or why there is none
    live/pyodide/         Python for the browser; its largest file is there packed as well
    live/wheels/          oomlab and simpy, with index.json naming them in order of unpacking
    vendor/mathjax/       formulas
    oom-panel/            the panels' script and styles, the same code that a notebook runs

Nothing is left half made: the folder is put together beside its final place, then renamed. What
cannot be had is left out and said in one line; the book then shows stored results only.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tools import npm, wheels
from tools.paths import BUILD, ENGINE_REPORT, EXTRA, ROOT, files_below, fingerprint

_STAMP = BUILD / "site.stamp"
_WITHOUT = "This copy of the book was built without its in-page engine."  # for readers of the site
PAGE_SCRIPT = "oomlab.js"
"""What brings a page's panels to life, below oom-panel/."""
WRITING_SCRIPT = "oomlab-write.js"
"""In its place on pages in which readers write: benches and problem sets are made live as well."""
_WORKER = ROOT / "book" / "site_static" / "live" / "worker.js"
_INPUTS = [
    ROOT / name for name in ("oomlab", "pyproject.toml", "requirements-book-lock.txt", "tools")
]


OF_TESTS = ("axe-core", "requirejs", "@vscode/jupyter-ipywidgets8")
"""The packages that only tests use: a checker of accessibility, and VS Code's manager of widgets
with what loads their scripts."""


def axe() -> Path:
    """axe-core, the accessibility checker of the tests; never part of the site."""
    return npm.unpacked(npm.pins()["axe-core"]) / "axe.min.js"


def make_site_parts() -> dict[str, object]:
    """Brings .build/site up to date and returns what engine.json says.

    An engine that could not be had the last time is tried again every time, and if that fails, one
    printed line says why.
    """
    key = fingerprint(files_below(*_INPUTS, _WORKER))
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


def write_panels(folder: Path) -> None:
    """Writes the script and the style sheets of the panels into a new folder."""
    from oomlab.widgets import scripts  # not above: a build with nothing to do need not load it

    folder.mkdir(parents=True)
    for name in scripts.SHEETS:
        (folder / f"{name}.css").write_text(scripts.sheet(name), encoding="utf-8")
    (folder / PAGE_SCRIPT).write_text(scripts.page_script(), encoding="utf-8")
    (folder / WRITING_SCRIPT).write_text(scripts.writing_script(), encoding="utf-8")


def _assemble(parts: Path) -> dict[str, object]:
    write_panels(parts / "oom-panel")
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
    _pack(live / "pyodide" / "pyodide.asm.wasm")
    shelf = live / "wheels"
    shelf.mkdir()
    simpy = wheels.simpy_wheel()
    shutil.copyfile(simpy, shelf / simpy.name)
    names = [simpy.name, wheels.oomlab_wheel(shelf).name]
    (shelf / "index.json").write_text(json.dumps(names) + "\n", encoding="utf-8")
    files = files_below(live)
    sizes = {path.relative_to(live).as_posix(): path.stat().st_size for path in files}
    # What a page loads: of a file and its packed copy the copy.
    loaded = [path for path in files if not path.with_name(f"{path.name}.gz").exists()]
    return {
        "available": True,
        "pyodide": pin.version,
        # Pages of one site share a worker of one version: those built later get one of their own.
        "version": fingerprint([*files, _WORKER])[:12],
        "bytes": sum(path.stat().st_size for path in loaded),
        "packed": sum(len(gzip.compress(path.read_bytes(), 6)) for path in loaded),
        "files": sizes,
    }


def _pack(file: Path) -> None:
    """Puts a packed copy beside a file: no server in its stock setup packs WebAssembly on the way.

    worker.js asks for the copy and unpacks it, whatever the server sends with it.
    """
    packed = gzip.compress(file.read_bytes(), compresslevel=9, mtime=0)
    file.with_name(f"{file.name}.gz").write_bytes(packed)


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
            for name in OF_TESTS:
                npm.unpacked(npm.pins()[name])
        except npm.FetchError as problem:
            print(f"The browser tests need it: {problem}", file=sys.stderr)
            return 1
        return 0
    report = make_site_parts()
    return 0 if report["available"] else 1


if __name__ == "__main__":
    sys.exit(main())
