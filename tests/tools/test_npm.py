"""Pinned npm packages: only what was pinned gets through, and never half of it."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import shutil
import tarfile
from pathlib import Path

import pytest

from tools import npm


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as package:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            package.addfile(entry, io.BytesIO(content))
    return path


@pytest.fixture
def pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> npm.Pin:
    """A pin whose archive "npm" takes from a folder here."""
    packed = archive(
        tmp_path / "toy-1.0.0.tgz",
        {"package/es5/a.js": b"a", "package/es5/deep/b.woff": b"b", "package/other.js": b"c"},
    )
    monkeypatch.setattr(npm, "_CACHE", tmp_path / "cache")

    def pack(_pin: npm.Pin, where: Path) -> Path:
        return Path(shutil.copy(packed, where))

    monkeypatch.setattr(npm, "_pack", pack)
    digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    return npm.Pin("toy", "1.0.0", f"sha512-{digest}", "MIT", ("es5/*",), "es5/")


def test_only_the_wanted_files_are_unpacked(pin: npm.Pin) -> None:
    folder = npm.unpacked(pin)
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert names == ["a.js", "deep/b.woff"]


def test_an_unpacked_package_is_not_fetched_again(
    pin: npm.Pin, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = npm.unpacked(pin)
    monkeypatch.setattr(npm, "_pack", lambda *_: pytest.fail("fetched again"))
    assert npm.unpacked(pin) == folder


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"integrity": "sha512-AAAA"}, "not the pinned archive"),
        ({"files": ("es5/*", "gone.js")}, "has no gone.js"),
    ],
)
def test_what_is_not_as_pinned_is_refused_and_leaves_nothing(
    pin: npm.Pin, change: dict[str, object], said: str
) -> None:
    wrong = dataclasses.replace(pin, **change)  # type: ignore[arg-type]
    with pytest.raises(npm.FetchError, match=said):
        npm.unpacked(wrong)
    assert list(wrong.folder.parent.iterdir()) == []


def test_a_package_cannot_write_outside_its_folder(
    pin: npm.Pin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = archive(tmp_path / "evil.tgz", {"package/es5/../../../out.js": b"x"})
    monkeypatch.setattr(npm, "_pack", lambda _pin, _where: evil)
    monkeypatch.setattr(npm, "_verify", lambda _pin, _archive: None)
    with pytest.raises(npm.FetchError, match="outside its folder"):
        npm.unpacked(pin)
    assert not list(tmp_path.rglob("out.js"))


def test_a_failing_npm_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npm, "BUILD", tmp_path)
    monkeypatch.setattr(npm, "_CACHE", tmp_path / "cache")
    command = ["sh", "-c", "echo 'npm error no network' >&2; exit 1"]
    monkeypatch.setattr(npm, "program", lambda: command)
    with pytest.raises(npm.FetchError, match=r"toy 1\.0\.0 \(npm error no network\)"):
        npm.unpacked(npm.Pin("toy", "1.0.0", "sha512-", "MIT", ("a.js",)))


def test_every_pin_is_complete() -> None:
    for pin in npm.pins().values():
        assert pin.integrity.startswith("sha512-")
        assert pin.licence and pin.files
