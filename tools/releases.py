"""What students get: each set as nbgrader releases it, in `book/sets`, where it is a page as well.

`python -m tools.releases` writes them, with `--check` it compares them; nbgrader makes them anew
each time, in a folder of its own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools import assignments
from tools.paths import ROOT

FOLDER = ROOT / "book" / "sets"


def released(name: str) -> Path:
    """What students get of a set."""
    return FOLDER / f"{name}.ipynb"


@contextmanager
def made_anew() -> Iterator[Mapping[str, Path]]:
    """What nbgrader makes of the instructors' notebooks, by set; gone when this is left."""
    names = [one.name for one in assignments.sets()]
    programs = Path(sys.executable).parent
    with tempfile.TemporaryDirectory(prefix="releases-") as folder:
        course = Path(folder)
        shutil.copyfile(assignments.FOLDER / "nbgrader_config.py", course / "nbgrader_config.py")
        shutil.copytree(assignments.FOLDER / "source", course / "source")
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "generate_assignment", "--assignment=*"],
            cwd=course,
            # nbgrader calls its helpers by name.
            env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"},
            capture_output=True,
            text=True,
        )
        made = {name: course / "release" / name / f"{name}.ipynb" for name in names}
        if done.returncode or not all(path.is_file() for path in made.values()):
            raise RuntimeError(f"nbgrader made no releases:\n{done.stdout}{done.stderr}")
        yield made


def stale(made: Mapping[str, Path]) -> list[str]:
    """The sets whose committed release is not what was made anew; those of no set as well."""
    wrong = [
        name
        for name, path in made.items()
        if not released(name).is_file() or released(name).read_bytes() != path.read_bytes()
    ]
    return wrong + sorted({path.stem for path in FOLDER.glob("*.ipynb")} - {*made})


def main() -> int:
    """Write the releases, or compare them; the exit status is 1 where one is not up to date."""
    parser = argparse.ArgumentParser(description="What students get of the problem sets.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    check = parser.parse_args().check
    with made_anew() as made:
        if check:
            wrong = stale(made)
            for name in wrong:
                print(f"{name}: not what nbgrader releases; run: python -m tools.releases")
            return 1 if wrong else 0
        FOLDER.mkdir(exist_ok=True)
        for name, path in made.items():
            shutil.copyfile(path, released(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
