"""`make book`: the static site in _build/html, from the chapters and from oomlab itself.

Sphinx rebuilds a page when its own file changes. It cannot know that a page also shows what the
package computes, so the rest is decided here, by fingerprints of three groups of files.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import yaml

from tools.book_config import ConfigError, configure
from tools.fetch_engine import make_site_parts
from tools.offline import write_list
from tools.paths import BUILD, EXTRA, ROOT, SITE, files_below, fingerprint
from tools.settings import SettingsError, settings_file
from tools.ways import set_ways

_STAMP = BUILD / "book.json"
_LOG = BUILD / "book.log"
_CONF = BUILD / "conf"
_BOOK = ROOT / "book"
_SHELL = ("root", "static", "templates")  # of the folders site_*
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
Work = Literal["nothing", "chapters", "pages", "all"]
_RUNS: dict[Work, str] = {
    "nothing": "none",
    "pages": "those that changed",
    "chapters": "those that changed",
    "all": "all",
}
_READ_IT = "The book is in _build/html. To read it: make serve, then open http://127.0.0.1:8000/"

# Warnings are errors; all of them are said before the build fails.
_WARNINGS = ("-W", "-n", "--keep-going")

_REDIRECT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={page}">
<link rel="canonical" href="{page}">
<title>oomlab</title>
</head>
<body><main><h1>oomlab</h1><p><a href="{page}">Read the book</a></p></main></body>
</html>
"""


def main() -> int:
    """Command line: returns 0 when the site is there and complete."""
    parser = argparse.ArgumentParser(description="Build the static book into _build/html.")
    parser.add_argument(
        "--require-engine", action="store_true", help="fail if the site has no in-page engine"
    )
    parser.add_argument("--fresh", action="store_true", help="build everything anew")
    options = parser.parse_args()
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two builds at once would remove each other's pages
        try:
            return _build(options.fresh, options.require_engine, settings_file(os.environ))
        except (ConfigError, SettingsError) as problem:
            print(problem, file=sys.stderr)
            return 2


def _build(fresh: bool, require_engine: bool, config: Path) -> int:
    engine = make_site_parts()
    if require_engine and not engine["available"]:
        print("That is not enough here: the tests use the engine.", file=sys.stderr)
        return 1
    state = _state(config)
    before = {} if fresh else _last_state()
    work = stale(state, before)
    if work == "nothing" and not _missing_pages():
        print(f"Nothing has changed. {_READ_IT}")
        return 0
    configure(ROOT, config, _CONF)  # before anything is taken away
    _STAMP.unlink(missing_ok=True)  # after a failed build all is stale
    decks = SITE / "slides"
    had_decks = decks.is_dir()
    had_lite = (SITE / "lite").is_dir()
    for made_of_it in (decks, SITE / "lite"):  # they show the book as it was
        shutil.rmtree(made_of_it, ignore_errors=True)
    if work == "all":
        shutil.rmtree(SITE.parent, ignore_errors=True)
    elif work in ("pages", "nothing"):  # write every page again, from what is known of the chapters
        shutil.rmtree(SITE, ignore_errors=True)
    began = time.monotonic()
    if not _sphinx(work, config):
        return 1
    write_front_door(SITE)
    set_ways(SITE, {})
    write_list(SITE)
    if missing := _missing_pages():
        print(f"The build left out: {', '.join(missing)}", file=sys.stderr)
        return 1
    _STAMP.write_text(json.dumps(state))
    if had_decks:
        from tools.slides.__main__ import main as make_slides  # which needs this module

        make_slides([])
    if had_lite:
        print(
            "The JupyterLite page showed the book as it was, and is gone: make lite makes it anew."
        )
    print(f"Built in {time.monotonic() - began:.0f} s. {_READ_IT}")
    return 0


def _state(config: Path) -> dict[str, str]:
    shell = files_below(*(_BOOK / f"site_{part}" for part in _SHELL), EXTRA)
    chapters = sorted({*files_below(_BOOK)} - {*shell})
    return {
        # What chapters compute with, and how they are built.
        "engine": fingerprint(
            [
                *files_below(ROOT / "oomlab", ROOT / "tools"),
                *(ROOT / f"requirements-{of}-lock.txt" for of in ("book", "config")),
                *(config, ROOT / "_toc.yml"),
            ]
        ),
        # What the site carries beside its pages, and the frame around them.
        "shell": fingerprint(shell),
        "names": repr([path.relative_to(ROOT).as_posix() for path in chapters]),
        "chapters": fingerprint(chapters),
    }


def _last_state() -> dict[str, str]:
    if not _STAMP.exists():
        return {}
    state: dict[str, str] = json.loads(_STAMP.read_text())
    return state


def stale(state: Mapping[str, str], before: Mapping[str, str]) -> Work:
    """What a change from `before` to `state` makes Sphinx do over; an empty `before` means all.

    A failed build counts as all, too: by then Sphinx has read the page with the warning, would pass
    over it in the next build, and over the warning.
    """
    changed = {name for name in state if state[name] != before.get(name)}
    if changed & {"engine", "names"}:
        return "all"
    if "shell" in changed:
        return "pages"
    return "chapters" if changed else "nothing"


def _sphinx(work: Work, config: Path) -> bool:
    builder = " and ".join(f"{name} {version(name)}" for name in ("sphinx", "sphinx-book-theme"))
    print(f"Building the book with {builder}; chapters to run: {_RUNS[work]}", flush=True)
    environment = {
        **os.environ,
        "OOMLAB_BOOK_BUILD": "1",
        "PYTHONHASHSEED": "0",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    with _LOG.open("w", encoding="utf-8") as log:
        started = subprocess.Popen(
            command(ROOT, _CONF),
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        assert started.stdout is not None
        for line in started.stdout:
            line = _COLOUR.sub("", line).replace(f"{ROOT}{os.sep}", "")
            log.write(line)
            if any(word in line for word in ("Executed notebook", "WARNING", "ERROR", "CRITICAL")):
                print(f"  {line.strip()}", flush=True)
    if started.wait() == 0:
        return True
    for report in sorted((SITE / "reports").rglob("*.err.log")):
        told = _COLOUR.sub("", report.read_text(encoding="utf-8")).splitlines()
        print(f"\n{report.relative_to(SITE)} ends:", *told[-25:], sep="\n", file=sys.stderr)
    log_name = _LOG.relative_to(ROOT)
    print(f"The book was not built. All that was said is in {log_name}", file=sys.stderr)
    return False


def command(root: Path, conf: Path) -> list[str]:
    """What builds the book in the folder `root` with the conf.py in `conf`."""
    made = root / "_build"
    return [
        *(sys.executable, "-m", "sphinx", *_WARNINGS, "-b", "html", "-c", str(conf)),
        *("-d", str(made / "doctrees"), str(root), str(made / "html")),
    ]


def write_front_door(site: Path) -> None:
    """The page at the root of the site: a redirect that is a page in its own right."""
    (site / ".nojekyll").touch()  # GitHub Pages would otherwise leave out folders such as _static
    (site / "index.html").write_text(_REDIRECT.format(page=f"{pages()[0]}.html"), encoding="utf-8")


def pages() -> list[str]:
    """The pages of _toc.yml, the first page first, without those that stand below another."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *(one["file"] for part in toc["parts"] for one in part["chapters"])]


def pages_below() -> list[str]:
    """The pages of _toc.yml that stand below another: the problem sets."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = (one for part in toc["parts"] for one in part["chapters"])
    return [each["file"] for one in chapters for each in one.get("sections", ())]


def _missing_pages() -> list[str]:
    """Pages that should be in the site and are not, or are empty.

    Asked after every build: there are programs that build nothing here and still exit with 0.
    """
    wanted = ["index", *pages(), *pages_below()]
    files = [SITE / f"{page}.html" for page in wanted]
    return [
        f"{page}.html"
        for page, file in zip(wanted, files, strict=True)
        if not file.is_file() or file.stat().st_size == 0
    ]


if __name__ == "__main__":
    sys.exit(main())
