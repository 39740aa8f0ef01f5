"""Where the book's own files are, if they are there at all."""

from __future__ import annotations

from pathlib import Path

import oomlab


def book_root() -> Path | None:
    """The folder with `_toc.yml` and the book: that of the package, the working directory or one
    above it. None where the package was installed without the book."""
    here = Path.cwd()
    for folder in (Path(oomlab.__file__).parents[1], here, *here.parents):
        if (folder / "_toc.yml").is_file() and (folder / "book").is_dir():
            return folder
    return None
