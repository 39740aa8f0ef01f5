"""An environment such as Binder makes of this repository: from its root files and nothing else.

Binder's builder (repo2docker) starts from an image with JupyterLab, installs requirements.txt, then
the repository itself because there is a pyproject.toml, and last runs postBuild. The lock file and
the other requirement files are not read there, and so are not read here.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.paths import BUILD, ROOT, files_below, fingerprint

# What the image for "python-3.11" brings that a chapter could notice (repo2docker 2026.4.0).
IMAGE = ("jupyterlab==4.4.9", "notebook==7.4.7", "ipywidgets==8.1.7", "ipykernel==7.0.1")

_NOT_IN_A_CLONE = shutil.ignore_patterns(
    *(".git", ".venv", ".build", "_build", "build", "dist", "*.egg-info"),
    *("__pycache__", ".*_cache", ".hypothesis", ".ipynb_checkpoints"),
)
_PACKAGE = ("oomlab", "pyproject.toml", "README.md", "LICENSE")


def clone(where: Path) -> Path:
    """A copy of the repository without what was installed and built in it."""
    shutil.copytree(ROOT, where, ignore=_NOT_IN_A_CLONE)
    return where


def make(repository: Path) -> Path:
    """The environment for `repository` (a clone): the folder with its programs.

    The last one is kept in .build/binder-env under a name made of what it was built from; oomlab
    is installed anew whenever it has changed. Raises CalledProcessError if an installation fails.
    """
    shelf = BUILD / "binder-env"
    shelf.mkdir(parents=True, exist_ok=True)
    python = _python((repository / "runtime.txt").read_text(encoding="utf-8").strip())
    inputs = [*IMAGE, python, (repository / "requirements.txt").read_text(encoding="utf-8")]
    home = shelf / hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:12]
    with _alone(shelf):
        if not (home / "complete").exists():
            for older in filter(Path.is_dir, shelf.iterdir()):
                shutil.rmtree(older, ignore_errors=True)
            _run([python, "-m", "venv", str(home)], repository)
            _image(home, repository)
            _pip(home, repository, "-r", "requirements.txt")
            (home / "complete").touch()
        stamp, now = home / "oomlab", fingerprint(files_below(*(ROOT / name for name in _PACKAGE)))
        if not stamp.exists() or stamp.read_text() != now:
            stamp.unlink(missing_ok=True)
            _pip(home, repository, ".")
            stamp.write_text(now)
    return home / "bin"


def post_build(repository: Path, programs: Path) -> None:
    """Runs the repository's postBuild as Binder does: in its folder, which is also the home."""
    subprocess.run(
        [repository / "postBuild"], cwd=repository, env=variables(repository, programs), check=True
    )


def variables(repository: Path, programs: Path) -> dict[str, str]:
    """The variables a program sees on Binder, without those that lead back to the tests."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "PYTHON", "VIRTUAL_ENV", "OOMLAB", "IPYTHON"))
    }
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**ours, "PATH": path, "HOME": str(repository)}


def _python(runtime: str) -> str:
    """An interpreter as runtime.txt names it: that of the tests, if it is one or there is none."""
    ours = f"python-{sys.version_info.major}.{sys.version_info.minor}"
    found = None if runtime == ours else shutil.which(runtime.replace("-", ""))
    command = [found or sys.executable, "-c", "import ensurepip, venv, sys; print(sys.executable)"]
    started = subprocess.run(command, capture_output=True, text=True)
    return started.stdout.strip() if started.returncode == 0 else sys.executable


def _image(home: Path, repository: Path) -> None:
    """What Binder has before it reads the repository: by uv, in a tenth of the time, if it can."""
    uv = Path(sys.prefix) / "bin" / "uv"
    if uv.exists():
        command = [str(uv), "pip", "install", "--quiet", "--python", str(home / "bin" / "python")]
        if subprocess.run([*command, *IMAGE], cwd=repository).returncode == 0:
            return
    _pip(home, repository, *IMAGE)


def _pip(home: Path, repository: Path, *what: str) -> None:
    pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    # Compiled is what is imported, when it is: some hundred modules of some ten thousand.
    _run([*pip, "install", "--no-compile", *what], repository)


def _run(command: list[str], repository: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    subprocess.run(command, cwd=repository, env=environment, check=True)


@contextmanager
def _alone(shelf: Path) -> Iterator[None]:
    """Two runs of the tests at once make one environment, not two halves."""
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
