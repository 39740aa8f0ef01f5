"""`make slides`: the decks of the built book."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools import npm
from tools.build_book import pages
from tools.paths import SITE
from tools.slides.split import PageError
from tools.slides.write import FOLDER, write_decks


def main(argv: list[str] | None = None) -> int:
    """Command line: 0 when the decks are there, 1 without reveal.js, 2 without a built book."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.slides", description="Make the decks of a built book."
    )
    parser.add_argument("site", nargs="?", type=Path, default=SITE, help="the folder of the book")
    site = parser.parse_args(argv).site
    if missing := [name for name in pages() if not (site / f"{name}.html").is_file()]:
        print(f"{site} lacks {missing[0]}.html: run make book first", file=sys.stderr)
        return 2
    try:
        decks = write_decks(site)
    except PageError as problem:
        print(problem, file=sys.stderr)
        return 2
    except npm.FetchError as problem:
        print(f"The slides need reveal.js: {problem}", file=sys.stderr)
        return 1
    count = sum(len(deck.slides) for deck in decks)
    print(f"{len(decks)} decks with {count} slides are in {site / FOLDER}.", end=" ")
    print(f"To show them: make serve, then open http://127.0.0.1:8000/{FOLDER}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
