"""`make lite`: the chapters and sets as notebooks in a JupyterLite page of the built book."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools import npm
from tools.build_book import pages
from tools.lite.notebooks import NotebookError
from tools.lite.words import not_here
from tools.lite.write import FOLDER, LiteError, write_lite
from tools.paths import SITE


def main(argv: list[str] | None = None) -> int:
    """Command line: 0 when the page is there, 1 where it cannot be made, 2 for bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.lite", description="Make the JupyterLite page of a built book."
    )
    parser.add_argument("--python", required=True, type=Path, help="one that has JupyterLite")
    parser.add_argument("site", nargs="?", type=Path, default=SITE, help="the folder of the book")
    given = parser.parse_args(argv)
    if absent := [name for name in pages() if not (given.site / f"{name}.html").is_file()]:
        print(f"{given.site} lacks {absent[0]}.html: run make book first", file=sys.stderr)
        return 2
    program = given.python.absolute().parent / "jupyter-lite"
    if not program.is_file():
        print(f"{given.python} has no JupyterLite: run make lite", file=sys.stderr)
        return 2
    try:
        made = write_lite(given.site, program)
    except (LiteError, NotebookError, npm.FetchError) as problem:
        print(f"The JupyterLite page was not made: {problem}", file=sys.stderr)
        return 1
    print(
        f"{made.chapters} chapters and {made.sets} problem sets are notebooks in {made.folder}"
        f" ({made.size / 1e6:.0f} MB). To open them: make serve, then"
        f" http://127.0.0.1:8000/{FOLDER}/index.html"
    )
    print(f"No network is needed once the page is loaded. {not_here(made.missing)}".rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
