"""What a change makes the book build do over, and that warnings stop it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tools.book_config import ConfigError, configure
from tools.build_book import Work, command, stale
from tools.fetch_engine import write_panels
from tools.paths import ROOT, files_below, fingerprint

HEADER = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

"""
BEFORE = {"engine": "e", "shell": "s", "names": "n", "chapters": "c"}


@pytest.mark.parametrize(
    ("changed", "work"),
    [
        ([], "nothing"),
        (["chapters"], "chapters"),
        (["shell"], "pages"),
        (["shell", "chapters"], "pages"),
        (["engine"], "all"),
        (["names", "chapters"], "all"),
    ],
)
def test_how_much_is_stale(changed: list[str], work: Work) -> None:
    assert stale({**BEFORE, **dict.fromkeys(changed, "new")}, BEFORE) == work


def test_after_a_failed_build_all_is_stale() -> None:
    assert stale(BEFORE, {}) == "all"


def test_a_fingerprint_sees_content_and_name_but_not_time_or_caches(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("1")
    first = fingerprint(files_below(tmp_path))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    source.touch()
    assert fingerprint(files_below(tmp_path)) == first
    source.write_text("2")
    second = fingerprint(files_below(tmp_path))
    assert second != first
    source.rename(tmp_path / "b.py")
    assert fingerprint(files_below(tmp_path)) not in (first, second)


def build(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Builds a book of one small chapter with the settings of the real one."""
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    for part in ("site_root", "site_static", "site_templates"):
        shutil.copytree(ROOT / "book" / part, folder / "book" / part)
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    write_panels(folder / ".build" / "site" / "oom-panel")
    (folder / "book" / "index.md").write_text(f"{HEADER}# A chapter\n\n{text}\n")
    conf = folder / ".build" / "conf"
    configure(folder, folder / "_config.yml", conf)
    return subprocess.run(command(folder, conf), cwd=folder, capture_output=True, text=True)


@pytest.mark.notebook
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("[nowhere](nowhere.md)", "nowhere.md"),
        ("```{code-cell}\n1/0\n```", "CellExecutionError"),
        ("```{code-cell}\nimport sys\nprint('oh', file=sys.stderr)\n```", "stderr"),
    ],
    ids=["broken link", "failing cell", "cell that writes to stderr"],
)
def test_a_fault_in_a_chapter_fails_the_build(tmp_path: Path, fault: str, said: str) -> None:
    done = build(tmp_path, fault)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


def test_settings_that_jupyter_book_does_not_take_are_a_line(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("html: 5\n")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    with pytest.raises(
        ConfigError, match=r"jupyter-book cannot read _config\.yml .*TypeError"
    ) as no:
        configure(tmp_path, tmp_path / "_config.yml", tmp_path / "conf")
    assert "\n" not in str(no.value)
    assert "Traceback" in (tmp_path / "conf" / "log").read_text()


@pytest.mark.notebook
def test_a_chapter_without_fault_builds(tmp_path: Path) -> None:
    assert build(tmp_path, "```{code-cell}\n1 + 1\n```").returncode == 0
