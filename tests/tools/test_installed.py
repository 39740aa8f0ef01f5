"""The wheel, installed in an empty folder: its panels have their scripts, its types are seen."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.wheels import oomlab_wheel

USE = """\
import oomlab
from oomlab.widgets import Choice, Panel

run = oomlab.run("h1-two-task-cycle")
pages = Choice("pages", "Pages", {0: "none", 1: "one"})
panel = Panel("oomlab.views.rescue:two_machines", [pages], fixed={})
assert panel._esm and "render" in str(panel._esm)
print(oomlab.__file__, run.verdict)
"""
TYPED = """\
import oomlab

oomlab.run("h1-two-task-cycle").no_such_thing
oomlab.run(seed="not a number")
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter in whose environment the wheel lies; what it needs comes from this one."""
    home = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "venv"], check=True)
    program = home / "venv" / "bin" / "python"
    ask: list[str | Path] = [
        program,
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
    ]
    packages = Path(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    zipfile.ZipFile(oomlab_wheel(home)).extractall(packages)
    # Only the folder: what makes this checkout importable here is another .pth, which stays unread.
    (packages / "needs.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return program


def said(command: Sequence[str | Path], where: Path) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, cwd=where, env=own, capture_output=True, text=True)


def test_a_panel_is_made_where_only_the_wheel_is(python: Path, tmp_path: Path) -> None:
    done = said([python, "-c", USE], tmp_path)
    assert done.returncode == 0, done.stderr
    place, verdict = done.stdout.split()
    assert Path(place).is_relative_to(python.parent.parent)
    assert verdict == "deadlock"


def test_the_command_answers(python: Path, tmp_path: Path) -> None:
    done = said([python, "-m", "oomlab", "run", "h1-two-task-cycle"], tmp_path)
    assert done.returncode == 0 and "deadlock" in done.stdout


def test_whoever_imports_it_gets_its_types(python: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(TYPED, encoding="utf-8")
    check = [sys.executable, "-m", "mypy", "--strict", f"--python-executable={python}", "use.py"]
    done = said(check, tmp_path)
    assert 'has no attribute "no_such_thing"' in done.stdout, done.stdout + done.stderr
    assert "py.typed" not in done.stdout and "missing library stubs" not in done.stdout
