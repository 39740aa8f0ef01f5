"""From `_config.yml` and `_toc.yml`, which stay the one source, to the conf.py that Sphinx reads.

jupyter-book 1 translates them (`jupyter-book config sphinx`), and that is all it still does here:
it is kept alive only, and holds to a Sphinx whose themes are no longer made. So it has an
environment of its own (requirements-config.txt), and a later Sphinx builds the book.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tools.paths import BUILD

PYTHON = BUILD / "config-env" / "bin" / "python"
"""Has jupyter-book 1."""

# jupyter_book has no __main__.
_TRANSLATE = ("-c", "from jupyter_book.cli.main import main; main()", "config", "sphinx")

_OF_JUPYTER_BOOK = ("jupyter_book", "sphinx_comments", "sphinx_jupyterbook_latex")
"""Extensions that set options of jupyter-book's own, or need the Sphinx that it holds to."""

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


class ConfigError(Exception):
    """The settings could not be translated; the message says why, for whoever wrote them."""


def configure(root: Path, settings: Path, where: Path) -> None:
    """Write `where`/conf.py for the book in the folder `root`, with the settings of that file.

    Its paths hold from wherever Sphinx is started. Raises ConfigError for settings that cannot be
    read, and where the environment that reads them is not there.
    """
    if not PYTHON.is_file():
        raise ConfigError("jupyter-book 1, which reads _config.yml, is missing: make book gets it")
    where.mkdir(parents=True, exist_ok=True)
    copied = where / "_config.yml"  # conf.py is written beside it
    shutil.copy(settings, copied)
    done = subprocess.run(
        [str(PYTHON), *_TRANSLATE, "--config", str(copied), "."],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        (where / "log").write_text(done.stdout, encoding="utf-8")
        why = [line for line in done.stdout.splitlines() if line.strip()][-1:]
        told = f"{(where / 'log').relative_to(root)} has all of it"
        raise ConfigError(f"jupyter-book cannot read {settings.name} ({told}): {' '.join(why)}")
    made = where / "conf.py"
    added = _ADDED.format(root=str(root), left_out=_OF_JUPYTER_BOOK)
    made.write_text(f"{made.read_text(encoding='utf-8')}{added}", encoding="utf-8")
