"""Files that a user names: what is refused, and that nothing is lost."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from oomlab.errors import InputError
from oomlab.files import (
    check_new,
    file_errors,
    printable,
    read_bytes,
    regular,
    replace,
    resolved,
    shell_word,
    shown_path,
)
from tests.devices import device

NAMES = {
    "plain.json": "plain.json",
    "two words": "two words",
    "größe": "größe",
    "": "''",
    " edge": "' edge'",
    "a\nb": r"'a\nb'",
    "\x1b[31mred": r"'\x1b[31mred'",
    "\u202eback": r"'\u202eback'",
    "\udcff": r"'\udcff'",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_in_one_line_that_moves_no_cursor(name: str) -> None:
    assert shown_path(name) == NAMES[name]
    assert printable(name).isprintable()
    assert len(shown_path("x" * 5000)) < 300


@pytest.mark.parametrize("name", [*NAMES, "it's", r"back\slash", "$(date)", "both'\n\\"])
def test_a_shell_reads_the_name_that_was_meant(name: str) -> None:
    word = shell_word(name)
    assert word.isprintable()
    said = subprocess.run(
        ["bash", "-c", f"printf %s {word}"], capture_output=True, check=True
    ).stdout
    assert said == os.fsencode(name)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))  # the whole path may be too long for a socket


OTHER_THINGS: dict[str, Callable[[Path], object]] = {
    "a folder": lambda path: path.mkdir(),
    "a FIFO": lambda path: os.mkfifo(path),
    "a socket": _socket,
    "a device": device,
}


@pytest.mark.parametrize("kind", OTHER_THINGS)
def test_what_is_no_regular_file_is_neither_read_nor_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing"
    OTHER_THINGS[kind](path)
    before = os.stat(path)
    for use in (regular, lambda p: read_bytes(p, 10), lambda p: replace(p, "text")):
        with pytest.raises(InputError, match=f"thing is {kind}, not a regular file"):
            use(path)
    assert os.path.samestat(before, os.stat(path))
    assert list(tmp_path.iterdir()) == [path]


def test_links_are_followed_or_refused(tmp_path: Path) -> None:
    target, link, loop = (tmp_path / name for name in ("target", "link", "loop"))
    target.write_text("text")
    link.symlink_to(target)
    loop.symlink_to(loop)
    assert resolved(link) == target
    replace(resolved(link), "new")
    assert (target.read_text(), link.is_symlink()) == ("new", True)
    with pytest.raises(InputError, match="link is a link"):
        regular(link, links=False)
    with pytest.raises(InputError, match="loop cannot be used: "):
        regular(resolved(loop))


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is no name of a file"):
        resolved(name)


def test_a_name_with_a_slash_at_its_end_is_a_folder() -> None:
    with pytest.raises(InputError, match="names a folder"):
        resolved("new/")


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    path.chmod(0o640)
    replace(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    replace(tmp_path / "x", b"\xff\r\n")
    assert (tmp_path / "x").read_bytes() == b"\xff\r\n"


def test_what_is_there_is_replaced_only_if_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x"
    check_new(path)
    path.write_text("mine")
    with pytest.raises(InputError, match=r"x is there already; .*--force"):
        check_new(path)
    check_new(path, force=True)
    with pytest.raises(InputError, match="is a folder"):
        check_new(tmp_path, force=True)


def test_a_new_file_has_the_mode_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    replace(tmp_path / "x", "new")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert read_bytes(tmp_path / "x", 5) == b"12345"
    with pytest.raises(InputError, match="is larger than"):
        read_bytes(tmp_path / "x", 4)


def test_an_error_without_words_of_the_system_still_has_some() -> None:
    with pytest.raises(InputError, match=r"^x cannot be read: OSError$"), file_errors("x", "read"):
        raise OSError
