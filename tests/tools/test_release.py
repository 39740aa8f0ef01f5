"""What a release carries, and what stops one."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from tools import npm, release
from tools.newest import copy_to
from tools.paths import ROOT
from tools.release import ReleaseError, check_tag, notes, sums, version, zip_site

LOG = "# What changed\n\n## 0.2.0 (soon)\n\nNew.\n\n## 0.1.0 (2026)\n\nFirst.\n\n## 0.0.1\n"


def test_the_chapter_of_a_version_is_found() -> None:
    assert notes(LOG, "0.2.0") == "New.\n"
    assert notes(LOG, "0.1.0") == "First.\n"


@pytest.mark.parametrize("number", ["0.0.1", "0.1", "2.0.0"])
def test_a_version_of_which_nothing_is_told_is_not_released(number: str) -> None:
    with pytest.raises(ReleaseError, match=r"CHANGELOG\.md has nothing about"):
        notes(LOG, number)


def test_this_version_has_its_chapter_and_is_named_everywhere() -> None:
    assert notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version())
    assert f"\nversion: {version()}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_another_tag_is_not_released() -> None:
    check_tag("", "0.1.0")
    check_tag("v0.1.0", "0.1.0")
    with pytest.raises(ReleaseError, match=r"the tag v0\.2\.0 is not v0\.1\.0"):
        check_tag("v0.2.0", "0.1.0")


def test_equal_sites_give_equal_archives_of_one_folder(tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        site = tmp_path / name
        (site / "book").mkdir(parents=True)
        (site / "book" / "page.html").write_text("x" * 500)
        (site / ".nojekyll").touch()
        (site / "reports").mkdir()
        (site / "reports" / "a.err.log").touch()
        made.append(zip_site(site, tmp_path / f"{name}.zip", "oomlab-1"))
    with zipfile.ZipFile(made[0]) as archive:
        assert archive.namelist() == ["oomlab-1/.nojekyll", "oomlab-1/book/page.html"]
    assert made[0].read_bytes() == made[1].read_bytes()


def test_sums_are_those_that_sha256sum_reads(tmp_path: Path) -> None:
    files = [tmp_path / "b", tmp_path / "a"]
    for file in files:
        file.write_text(file.name)
    listed = sums(files, tmp_path / "SHA256SUMS")
    command = ["sha256sum", "--check", "--strict", listed.name]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    files[0].write_text("another")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 1


def test_the_bill_names_the_scripts_of_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = tmp_path / "bill.json"
    bill.write_text('{"components": []}')
    monkeypatch.setattr(release, "_run", lambda command: None)
    release.bill_of_materials(bill, Path("python"))
    told = {one["name"]: one for one in json.loads(bill.read_text())["components"]}
    assert set(told) == {"pyodide", "mathjax", "reveal.js"}
    for name, one in told.items():
        assert one["version"] == npm.pins()[name].version
        digest = one["hashes"][0]["content"]
        assert len(digest) == hashlib.sha512().digest_size * 2


def test_a_copy_holds_what_git_has_and_no_more(tmp_path: Path) -> None:
    copy = copy_to(tmp_path / "copy")
    assert (copy / "oomlab" / "py.typed").is_file() and (copy / "postBuild").stat().st_mode & 0o111
    assert not list(copy.glob(".venv")) and not list(copy.rglob("*.pyc"))
