"""Where a copy of the book is at home: said for one build, without touching _config.yml."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools import settings as module
from tools.paths import ROOT
from tools.settings import FILE, SettingsError, settings, settings_file


def test_nothing_said_is_the_file_itself() -> None:
    assert settings_file({"ADDRESS": "", "REPOSITORY": " "}) == FILE
    assert settings({}) == yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_a_fork_is_named_for_one_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUILD", tmp_path / "build")
    fork = {
        "ADDRESS": "https://ada.example/any/prefix",
        "REPOSITORY": "https://github.com/ada/knots.git",
    }
    made = settings_file(fork)
    assert made != FILE
    told = yaml.safe_load(made.read_text(encoding="utf-8"))
    assert told["html"]["baseurl"] == "https://ada.example/any/prefix/"
    assert told["repository"]["url"] == "https://github.com/ada/knots"
    expected = settings({})
    del told["html"]["baseurl"]
    told["repository"]["url"] = expected["repository"]["url"]
    assert told == expected


@pytest.mark.parametrize("wrong", ["example.org", "ftp://a.b/", "https://a b/", "https://a/?x"])
def test_what_is_no_address_is_refused_in_one_line(wrong: str) -> None:
    with pytest.raises(SettingsError, match="ADDRESS must be an address such as"):
        settings({"ADDRESS": wrong})
    done = subprocess.run(
        [sys.executable, "-c", _MAIN],
        cwd=ROOT,
        env={**os.environ, "ADDRESS": wrong},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", r"_config\.yml, line 1, column 9: this is not YAML"),
        ("title: 3", "must be a table with html: and repository: in it"),
        ("html: 5", "must be a table with html: and repository: in it"),
    ],
)
def test_settings_that_are_none_are_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    (tmp_path / "_config.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "FILE", tmp_path / "_config.yml")
    with pytest.raises(SettingsError, match=said):
        settings({})


# Without looking for the engine, which would be up to date or take minutes.
_MAIN = """
import sys
from tools import build_book
build_book.make_site_parts = lambda: {"available": True}
sys.argv = ["build_book"]
sys.exit(build_book.main())
"""
