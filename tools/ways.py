"""Other ways to read a page, which are made after the book, if at all: `_static/ways.json`.

Its keys are kinds of ways, its values say for each page, such as "book/report", where below the
site it leads. The menu of a page's launch button reads it when a reader comes near (site.js).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

NAME = "_static/ways.json"
Way = Literal["slides", "notebooks"]
Ways = Mapping[str, Mapping[str, str]]


def ways(site: Path) -> Ways:
    """All that the built `site` has."""
    list_of_all = site / NAME
    found: Ways = json.loads(list_of_all.read_text("utf-8")) if list_of_all.is_file() else {}
    return found


def set_ways(site: Path, found: Ways) -> None:
    """Says that these are all; a book that was just built has none."""
    new = site / f"{NAME}.new"
    new.write_text(spelled(found), encoding="utf-8")
    os.replace(new, site / NAME)


def add_way(site: Path, kind: Way, pages: Mapping[str, str]) -> None:
    """Adds a kind of ways, or puts it in the place of an older one."""
    set_ways(site, {**ways(site), kind: pages})


def spelled(found: Ways) -> str:
    """What the file holds."""
    return f"{json.dumps(found, indent=1, sort_keys=True)}\n"
