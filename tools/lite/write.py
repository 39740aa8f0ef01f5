"""The JupyterLite page as a folder of the built site."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.build_book import pages
from tools.lite.notebooks import CHAPTERS, SETS, listed, write_notebooks
from tools.lite.packages import PYTHON, missing, write_python
from tools.lite.words import front_page, note
from tools.paths import BUILD, files_below
from tools.ways import add_way

FOLDER = "lite"
APPS = ("notebooks", "tree")
_KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
SHELL_MB = 10
"""What Jupyter itself loads until a notebook is open, in MB; tests/lite measures the whole."""
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:;"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
    " connect-src 'self' data: blob:; worker-src 'self' blob:; frame-src 'self' data: blob:;"
    " object-src 'none'; base-uri 'none'; form-action 'none'"
)
"""Of Jupyter's pages. It makes functions of texts, and shows what cells give with their scripts, so
it needs more leave than a page of the book; other hosts are shut out all the same."""
_UNUSED = (
    "package.json",
    "rspack.config*",
    "service-worker.js",
    "jupyterlite.schema*",
    "SHA256SUMS",
)
_LIKES = {"@jupyterlab/apputils-extension:themes": {"adaptive-theme": True}}
"""Settings that readers may change: light or dark as their system is."""
_HEAD = re.compile(r"<head>", re.IGNORECASE)


class LiteError(Exception):
    """The page cannot be made; the message is for whoever asked for it."""


@dataclass(frozen=True)
class Made:
    """What was made: its folder, notebooks of either kind, bytes of all files, packages."""

    folder: Path
    chapters: int
    sets: int
    size: int
    missing: list[str]


def write_lite(site: Path, jupyter_lite: Path) -> Made:
    """Makes the page in the built `site` with the command `jupyter_lite`. An older one is replaced;
    nothing is left half written.

    Raises LiteError, NotebookError for a chapter that cannot be a notebook, FetchError without its
    wheels.
    """
    report = json.loads((site / "_static" / "live" / "engine.json").read_text(encoding="utf-8"))
    if not report["available"]:
        raise LiteError(f"the site has no engine that could run notebooks: {report['why']}")
    lacking = missing()
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="lite-") as scratch:
        source, new = Path(scratch) / "source", Path(scratch) / "new"
        source.mkdir()
        write_notebooks(source / "files", lambda one: note(one, lacking))
        (source / "jupyter_lite_config.json").write_text(json.dumps(_build_settings(new)))
        (source / "overrides.json").write_text(json.dumps(_LIKES))
        _run(jupyter_lite, source)
        names = write_python(site, new)
        _write_settings(new, names)
        for app in APPS:
            _give_policy(new / app)
        for pattern in _UNUSED:
            for file in new.rglob(pattern):
                file.unlink()
        book_page = (site / f"{pages()[0]}.html").read_text(encoding="utf-8")
        loaded = sum(file.stat().st_size for file in files_below(new / PYTHON))
        # It asks for the plain files of the engine, and for no list of other hosts' packages.
        unasked = (".gz", "pyodide-lock.json", "index.json")
        loaded += sum(n for name, n in report["files"].items() if not name.endswith(unasked))
        text = front_page(book_page, listed(), lacking, round(loaded / 1e6) + SHELL_MB)
        (new / "index.html").write_text(text, encoding="utf-8")
        target = site / FOLDER
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(new, target)
    add_way(site, "notebooks", {one.page: f"{FOLDER}/{one.address}" for one in listed()})
    counted = [len(files_below(target / "files" / kind)) for kind in (CHAPTERS, SETS)]
    size = sum(file.stat().st_size for file in files_below(target))
    return Made(target, counted[0], counted[1], size, lacking)


def _build_settings(output: Path) -> dict[str, dict[str, Any]]:
    return {
        "LiteBuildConfig": {
            "apps": [*APPS],
            "contents": ["files"],
            "output_dir": str(output),
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "no_libarchive": True,
        }
    }


def _run(jupyter_lite: Path, source: Path) -> None:
    own = {name: str(source / "own") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    done = subprocess.run(
        [str(jupyter_lite), "build"],
        cwd=source,
        env={**os.environ, **own, "JUPYTER_PLATFORM_DIRS": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()][-5:]
        raise LiteError("\n".join(["jupyter lite build failed:", *last]))


def _write_settings(lite: Path, packages: list[str]) -> None:
    """The settings that Jupyter's pages share: whose Python, and that no other host is asked."""
    file = lite / "jupyter-lite.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    data = told["jupyter-config-data"]
    script = lite / PYTHON / "pyodide.js"
    mark = hashlib.sha256(script.read_bytes()).hexdigest()[:10]
    data["litePluginSettings"] = {
        _KERNEL: {
            "pyodideUrl": f"./{PYTHON}/pyodide.js?v={mark}",
            "disablePyPIFallback": True,
            "loadPyodideOptions": {"packages": packages},
        }
    }
    data["appName"] = "oomlab"
    data["exposeAppInBrowser"] = True
    # It would lend notebooks' files to Python: none here reads one, and a site is left more easily.
    data["disabledExtensions"] = ["@jupyterlite/application-extension:service-worker-manager"]
    file.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _give_policy(app: Path) -> None:
    for page in app.rglob("index.html"):
        text = page.read_text(encoding="utf-8").replace("<html>", '<html lang="en">', 1)
        meta = f'<head>\n<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        page.write_text(_HEAD.sub(meta, text, count=1), encoding="utf-8")
