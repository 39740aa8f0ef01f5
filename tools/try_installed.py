"""`make installed`: the package as people install it, with one Python and both ends of its ranges.

Run by the Python to be tried (3.11 to 3.14), needs nothing but its standard library and a network.
In an empty folder the wheel is installed with its widgets, once with the oldest versions of
anywidget and ipywidgets that pyproject.toml allows and once with the newest. Then the command
answers, a notebook with a panel is run, and `jupyter nbconvert --to html` keeps the picture.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENDS = ("oldest", "newest")
_SECONDS = 900  # our choice: the longest step installs some sixty packages

CELL = """\
import oomlab
from oomlab.widgets import Choice, Panel
pages = Choice("pages", "Pages that become free", {0: "none", 1: "one"})
Panel("oomlab.views.rescue:two_machines", [pages], fixed={}, title="Tried where it is installed")
"""
CHECK = """\
import importlib.metadata, pathlib, sys
import oomlab, oomlab.widgets
place = pathlib.Path(oomlab.__file__).parent
assert place.is_relative_to(sys.prefix), place
assert (place / "py.typed").is_file() and (place / "widgets" / "panel.js").is_file()
assert oomlab.run("h1-two-task-cycle").verdict == "deadlock"
assert oomlab.explore("h1-two-task-cycle").verdict.word == "lockup"
print(*(f"{name} {importlib.metadata.version(name)}" for name in (
    "numpy", "simpy", "anywidget", "ipywidgets", "nbconvert")), sep=", ")
"""


class Failed(Exception):
    """A step that did not do what it should; what it said last."""


def oldest(requirement: str) -> str:
    """`name>=1.2` as `name==1.2`: the oldest release that it allows."""
    return re.sub(r">=([\d.]+).*", r"==\1", requirement)


def try_end(end: str, wheel: Path, box: Path) -> str:
    """Installs and uses the wheel. Result: the versions that this was done with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ranges = project["optional-dependencies"]["widgets"]
    box.mkdir()
    python = environment(box / "venv")
    wanted = [f"{wheel}[widgets]", "nbconvert", "ipykernel"]
    wanted += [oldest(one) for one in ranges] if end == "oldest" else []
    run(box, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted)
    versions = run(box, python, "-c", CHECK)
    if "deadlock" not in run(box, python.parent / "oomlab", "run", "h1-two-task-cycle"):
        raise Failed("the command does not tell of the deadlock")
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook: dict[str, object] = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel}
    notebook["cells"] = [{**cell, "source": CELL}]
    (box / "try.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    run(box, python, "-m", "nbconvert", "--execute", "--to", "html", "try.ipynb")
    page = (box / "try.html").read_text(encoding="utf-8")
    if "<svg" not in page or "Tried where it is installed" not in page:
        raise Failed("the page of nbconvert has lost the picture")
    return versions.strip()


def environment(where: Path) -> Path:
    """A new environment: its interpreter."""
    run(where.parent, sys.executable, "-m", "venv", where)
    return where / "bin" / "python"


def run(where: Path, *command: str | Path) -> str:
    """Runs a command in the folder `where`: what it printed. Raises Failed if it does not work."""
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=_SECONDS)
    if done.returncode:
        raise Failed("\n".join([*map(str, command[:4]), done.stderr[-1500:]]))
    return done.stdout


def main() -> int:
    """Command line: 0 if everything worked with both ends."""
    with tempfile.TemporaryDirectory() as scratch:
        box = Path(scratch)
        try:
            python = environment(box / "build")
            quiet = ("--quiet", "--disable-pip-version-check")
            run(box, python, "-m", "pip", "wheel", *quiet, "--no-deps", "--wheel-dir", box, ROOT)
            (wheel,) = box.glob("oomlab-*.whl")
            for end in ENDS:
                print(
                    f"{sys.version.split()[0]}, {end}: {try_end(end, wheel, box / end)}", flush=True
                )
        except Failed as problem:
            print(problem, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
