"""What is installed, and what is handed on: pins, the wheel, the files that Binder reads."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest

from oomlab.evidence.real_kernel.stored import kernel_runs
from oomlab.evidence.sweep.named import SWEEPS
from tools.paths import ROOT
from tools.wheels import oomlab_wheel

# Made by the environment itself, or the package under test.
NOT_PINNED = {"pip", "oomlab"}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


LOCKS = {
    "requirements.txt": "requirements-lock.txt",
    "requirements-book.txt": "requirements-book-lock.txt",
    "requirements-dev.txt": "requirements-lock.txt",
    "requirements-lite.txt": "requirements-lite-lock.txt",
    "requirements-lite-page.txt": "requirements-lite-page-lock.txt",
    "requirements-config.txt": "requirements-config-lock.txt",
    "requirements-otter.txt": "requirements-otter-lock.txt",
    "requirements-release.txt": "requirements-release-lock.txt",
    "requirements-uv.txt": "requirements-uv-lock.txt",
    "tools/requirements-node.in": "tools/requirements-node.txt",
}


def pins(file: str) -> Iterator[tuple[str, str]]:
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if found := re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", line):
            yield canonical(found[1]), found[2]


def test_every_installed_package_is_locked() -> None:
    locked = {*pins("requirements-lock.txt"), *pins("requirements-uv-lock.txt")}
    for package in distributions(path=[sysconfig.get_path("purelib")]):
        name = canonical(package.metadata["Name"])
        if name not in NOT_PINNED:
            assert (name, package.version) in locked


@pytest.mark.parametrize("file", LOCKS)
def test_the_lock_is_current(file: str) -> None:
    assert set(pins(file)) <= set(pins(LOCKS[file])), "run make lock"


def test_the_book_is_built_with_what_the_tests_have() -> None:
    assert set(pins("requirements-book-lock.txt")) < set(pins("requirements-lock.txt"))


def test_both_sides_of_a_panel_in_the_jupyterlite_page_have_one_version() -> None:
    page, browser = (dict(pins(f"requirements-lite{of}-lock.txt")) for of in ("-page", ""))
    assert {"anywidget", "ipywidgets"} <= page.keys() & browser.keys()
    assert {name for name in page.keys() & browser.keys() if page[name] != browser[name]} == set()


@pytest.mark.parametrize("lock", sorted(set(LOCKS.values())))
def test_everything_locked_has_its_hashes(lock: str) -> None:
    entries = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    wanted = [line for line in entries if not line.startswith("#")]
    assert wanted
    assert [
        line for line in wanted if not re.search(r"==.* --hash=sha256:[0-9a-f]{64}", line)
    ] == []


def test_what_the_makefile_installs_from_elsewhere_is_checked() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in makefile.splitlines():
        if "$(INSTALL)" in line and "--require-hashes" not in line:
            assert "--no-deps --no-build-isolation --editable ." in line, line
    assert "pip install" not in makefile.replace("INSTALL := -m pip install", "")
    installer = (ROOT / "tools" / "install_lock.sh").read_text(encoding="utf-8")
    assert installer.count("pip install") == installer.count("--require-hashes") == 2


@pytest.mark.parametrize("file", [name for name in LOCKS if name.startswith("requirements")])
def test_every_requirement_names_one_version(file: str) -> None:
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        wanted = line.partition("#")[0].strip()
        assert not wanted or wanted.startswith("-r ") or re.fullmatch(r"[\w.-]+==[\w.]+", wanted)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return oomlab_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: Path) -> None:
    packed = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    source = ROOT / "oomlab"
    kinds = {".py", ".js", ".css", ".json", ".log", ".typed"}
    present = {p for p in source.rglob("*") if p.suffix in kinds or p.name == "py.typed"}
    assert packed == {p.relative_to(ROOT).as_posix() for p in present}


def test_what_is_stored_is_there_outside_a_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    (tmp_path / "empty").mkdir()
    code = (
        "from oomlab.evidence.sweep.named import SWEEPS\n"
        "from oomlab.evidence.sweep.store import stored\n"
        "from oomlab.evidence.real_kernel.stored import kernel_runs\n"
        "print(*(len(stored(name).runs) for name in SWEEPS), len(kernel_runs()))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path / "empty",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [int(n) for n in said.split()] == [
        *(len(sweep.points()) for sweep in SWEEPS.values()),
        len(kernel_runs()),
    ]


def test_the_source_distribution_holds_what_the_tests_need(tmp_path: Path) -> None:
    left_out = shutil.ignore_patterns(".*", "_build", "build", "dist", "*.egg-info", "__pycache__")
    tree = shutil.copytree(ROOT, tmp_path / "tree", ignore=left_out)
    build = f"from setuptools.build_meta import build_sdist; build_sdist({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=tree, capture_output=True, check=True)
    (packed,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    for pattern in ("*/**/*.py", "*/**/*.sh", "*.md", "*.txt"):
        for path in tree.glob(pattern):
            assert path.relative_to(tree).as_posix() in held
    at_root = ["CITATION.cff", "LICENSE", "Makefile"]
    assert {*at_root, "book/index.md", "oomlab/evidence/sweep/results/five-seconds.json"} <= held


def test_equal_trees_give_equal_wheels(wheel: Path, tmp_path: Path) -> None:
    again = oomlab_wheel(tmp_path)
    assert (again.name, again.read_bytes()) == (wheel.name, wheel.read_bytes())


def test_the_core_needs_little() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [re.split(r"\W", wanted)[0] for wanted in project["dependencies"]] == ["numpy", "simpy"]


def test_binder_gets_a_python_that_the_package_supports() -> None:
    named = (ROOT / "runtime.txt").read_text(encoding="utf-8").strip()
    assert re.fullmatch(r"python-3\.1[1-3]", named)
    assert (ROOT / "postBuild").stat().st_mode & 0o111
    assert not (ROOT / "binder").exists()  # its presence would hide the files at the root


def test_this_python_is_one_of_the_supported() -> None:
    assert (3, 11) <= sys.version_info[:2] <= (3, 13)
