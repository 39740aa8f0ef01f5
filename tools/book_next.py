"""`make book-next`: the same book from the same files, without jupyter-book 1 and its old Sphinx.

`_config.yml` and `_toc.yml` stay the one source: `jupyter-book config sphinx` turns them into a
conf.py, with which a later Sphinx (requirements-next.txt, in an environment of its own) builds
_build/next. Then both builds are compared, page by page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.build_book import pages, write_front_door
from tools.check_site import problems
from tools.compare_sites import differences
from tools.offline import write_list
from tools.paths import BUILD, ROOT, SITE
from tools.settings import FILE

WHERE = BUILD / "next"
OUTPUT = ROOT / "_build" / "next"
# Extensions that belong to jupyter-book: they set its own options, or need the Sphinx that it pins.
_NOT_NEEDED = ("jupyter_book", "sphinx_comments", "sphinx_jupyterbook_latex")

_ADDED = """
import sys
from pathlib import Path

ROOT = Path({root!r})
sys.path.insert(0, str(ROOT))
extensions = [name for name in extensions if name not in {left_out!r}]
external_toc_path = str(ROOT / external_toc_path)
templates_path = [str(ROOT / name) for name in templates_path]
html_extra_path = [str(ROOT / name) for name in html_extra_path]
html_static_path = [str(ROOT / name) for name in html_static_path]
html_favicon = str(ROOT / html_favicon)
"""


def configure() -> None:
    """Writes conf.py from _config.yml and _toc.yml, with paths that hold from where it lies."""
    WHERE.mkdir(parents=True, exist_ok=True)
    settings = shutil.copy(FILE, WHERE)  # conf.py is written beside it
    main = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", main, "config", "sphinx", "--config", settings, "."]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    made = WHERE / "conf.py"
    added = _ADDED.format(root=str(ROOT), left_out=_NOT_NEEDED)
    made.write_text(f"{made.read_text(encoding='utf-8')}{added}", encoding="utf-8")


def build(python: Path) -> bool:
    """Builds the book with the Sphinx of `python`; warnings are errors. Result: did it work?"""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    environment = {
        **os.environ,
        "OOMLAB_BOOK_BUILD": "1",
        "PYTHONHASHSEED": "0",
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    command = [str(python), "-m", "sphinx", "-b", "html", "-c", str(WHERE)]
    command += ["-d", str(WHERE / "doctrees"), "-W", "--keep-going", ".", str(OUTPUT)]
    with (WHERE / "log").open("w", encoding="utf-8") as log:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    write_front_door(OUTPUT)
    write_list(OUTPUT)
    return done.returncode == 0


def main() -> int:
    """Command line: 0 if both builds are equal, page by page; 1 with the differences if not."""
    parser = argparse.ArgumentParser(description="Build the book with a later Sphinx, and compare.")
    parser.add_argument("--python", required=True, type=Path, help="that of the environment for it")
    parser.add_argument("--compare-only", action="store_true", help="compare what is built already")
    options = parser.parse_args()
    began = time.monotonic()
    if not options.compare_only:
        configure()
        if not build(options.python.absolute()):
            print("It was not built: .build/next/log says why", file=sys.stderr)
            return 1
        print(f"Built into _build/next in {time.monotonic() - began:.0f} s", flush=True)
    told = [f"the site: {line}" for line in problems(OUTPUT)]
    for name in pages():
        one, other = SITE / f"{name}.html", OUTPUT / f"{name}.html"
        told += [f"{name}: {line}" for line in differences(one, other)]
    print(*told, sep="\n", file=sys.stderr)
    print(f"{len(pages())} pages compared, {len(told)} differences")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
