"""The two wheels that the page's Python unpacks: oomlab, built from this tree, and simpy."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.npm import FetchError
from tools.paths import BUILD, ROOT

_CACHE = BUILD / "wheels"
EPOCH = "1704067200"  # 2024-01-01: with one time for all files, equal trees give equal wheels
_PARTS = ("pyproject.toml", "README.md", "LICENSE", "oomlab")  # all that goes into oomlab's wheel


def simpy_wheel() -> Path:
    """The wheel of simpy that requirements-book-lock.txt pins, downloaded if not there yet."""
    lock = (ROOT / "requirements-book-lock.txt").read_text(encoding="utf-8")
    pinned = re.search(r"^simpy==([\w.]+)(?:[^\n]*\\\n)*[^\n]*\n", lock, re.MULTILINE)
    if pinned is None:
        raise FetchError("requirements-book-lock.txt does not pin simpy with ==")
    if found := sorted(_CACHE.glob(f"simpy-{pinned[1]}-*.whl")):
        return found[0]
    with tempfile.TemporaryDirectory(prefix="oomlab-") as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text(pinned[0], encoding="utf-8")
        _pip(
            *("download", "--no-deps", "--only-binary=:all:", "--require-hashes"),
            *(f"--dest={scratch}", f"--requirement={wanted}"),
        )
        return _keep(_only_wheel(Path(scratch)))


def download(lock: Path, where: Path, python: str) -> None:
    """Downloads what `lock` pins, each as a wheel in pure Python for Python `python` ("3.14"), into
    the folder `where`. Raises FetchError if one cannot be had so, or is not what was pinned."""
    _pip(
        *("download", "--no-deps", "--only-binary=:all:", "--require-hashes"),
        *(f"--python-version={python}", "--implementation=py", "--abi=none", "--platform=any"),
        *(f"--dest={where}", f"--requirement={lock}"),
    )


def oomlab_wheel(where: Path) -> Path:
    """Builds oomlab's wheel into `where`; its name holds a hash of its content.

    The hash stands where a wheel has its build number, so that a browser never takes the wheel of
    an earlier book from its cache.
    """
    with tempfile.TemporaryDirectory(prefix="oomlab-") as scratch:
        # A copy: setuptools leaves a build/ folder behind and would pack stale modules from it.
        tree, made = Path(scratch) / "tree", Path(scratch) / "made"
        tree.mkdir()
        for part in _PARTS:
            _copy(ROOT / part, tree / part)
        _pip("wheel", "--no-deps", "--no-build-isolation", f"--wheel-dir={made}", str(tree))
        wheel = _only_wheel(made)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()[:10]
        name, version, *tags = wheel.name.split("-")
        return Path(shutil.copy(wheel, where / "-".join([name, version, f"0x{digest}", *tags])))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        for path in target.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)  # a wheel records the modes
    else:
        shutil.copyfile(source, target)
        target.chmod(0o644)


def _only_wheel(where: Path) -> Path:
    found = list(where.glob("*.whl"))
    if len(found) != 1:
        raise FetchError(f"pip left {len(found)} wheels, not one")
    return found[0]


def _keep(wheel: Path) -> Path:
    _CACHE.mkdir(parents=True, exist_ok=True)
    landing = _CACHE / f"{wheel.name}.part"
    shutil.copyfile(wheel, landing)
    return landing.rename(_CACHE / wheel.name)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", arguments[0], "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, *arguments[1:]],
        capture_output=True,
        text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = lines[-1] if lines else done.stderr[-300:]
        raise FetchError(f"pip {arguments[0]} failed ({reason})")
