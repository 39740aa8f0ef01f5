"""The search for a Python that can build the book."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.paths import ROOT


def find(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "find_python.sh")],
        env={"PATH": str(folder), **environment},
        capture_output=True,
        text=True,
    )


def command(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_good_python_is_found_behind_a_broken_one(tmp_path: Path) -> None:
    command(tmp_path, "python3.13", "exit 127")  # a version manager's empty promise
    command(tmp_path, "python3", f'exec "{sys.executable}" "$@"')
    done = find(tmp_path)
    assert done.returncode == 0
    assert Path(done.stdout.strip()).exists()


@pytest.mark.parametrize(
    ("answer", "said"),
    [("version 3.9.2", "python3 is 3.9.2"), ("venv 3.12.1", "no venv module")],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, answer: str, said: str) -> None:
    command(tmp_path, "python3", f"echo '{answer}'")
    done = find(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "3.11, 3.12 or 3.13" in done.stderr
    assert said in done.stderr


def test_a_chosen_python_may_lie_in_a_folder_with_spaces(tmp_path: Path) -> None:
    chosen = command(tmp_path / "my pythons", "py", f'exec "{sys.executable}" "$@"')
    assert find(tmp_path, PYTHON=str(chosen)).returncode == 0


def test_a_chosen_python_is_not_replaced_by_another(tmp_path: Path) -> None:
    command(tmp_path, "python3", f'exec "{sys.executable}" "$@"')
    assert find(tmp_path, PYTHON="python3.99").returncode == 1


def timed(folder: Path, name: str, took: float) -> Path:
    """A Python that says of itself that a loop takes so long; it can compare others."""
    said = f'case "$2" in *subprocess*) exec "{sys.executable}" "$@" ;; *loop*) echo {took} ;; '
    return command(folder, name, f'{said}*) echo "ok $0" ;; esac')


@pytest.mark.parametrize(
    ("first", "second", "taken"), [(0.5, 0.3, "two"), (0.3, 0.5, "one"), (0.33, 0.3, "one")]
)
def test_of_two_with_one_name_the_one_that_is_clearly_quicker_is_taken(
    tmp_path: Path, first: float, second: float, taken: str
) -> None:
    for folder, took in (("o ne", first), ("two", second)):
        timed(tmp_path / folder, "python3.12", took)
    timed(tmp_path / "two", "python3.11", 0.1)
    done = find(Path(f"{tmp_path}/o ne:{tmp_path}/two"))
    assert Path(done.stdout.strip()).parent.name.replace(" ", "") == taken


def test_a_folder_with_two_names_is_looked_at_once(tmp_path: Path) -> None:
    command(tmp_path / "usr", "python3", "echo 'version 3.9.2'")
    (tmp_path / "bin").symlink_to(tmp_path / "usr")
    done = find(Path(f"{tmp_path}/bin:{tmp_path}/usr"))
    assert done.stderr.count("python3 is 3.9.2") == 1
