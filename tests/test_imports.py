"""Imports go one way, and each third-party package comes in by one door."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import oomlab

PACKAGE = Path(oomlab.__file__).parent

STAGES = (
    ("errors", "history_events", "history", "limits", "liveness", "chooser"),
    ("ops",),
    ("slots",),
    ("model", "routines"),
    ("kernel",),
    ("listeners",),
    ("remedies", "releases"),
    ("scenarios",),
    ("trace",),
    ("analysis",),
    ("clock", "explorer"),
    ("figures", "report", "gfp_report", "matrix", "sweep", "ledger"),
    ("plots",),
    ("views", "course"),
    ("widgets", "cli"),
)
"""A module imports from its own stage or from earlier ones."""

SIDEWAYS = {("explorer", "clock"), ("clock", "explorer")}
"""The two engines know nothing of each other."""

DOORS = {
    "simpy": "clock",
    "anywidget": "widgets",
    "traitlets": "widgets",
    "ipywidgets": "widgets",
    "IPython": "widgets",
    "matplotlib": "plots.py",
    "numpy": "explorer",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Every source file, with the folder or file of the package that it belongs to."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).parts[0], path


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports when it runs; those for type checkers only do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "oomlab":
                yield from (f"oomlab.{alias.name}" for alias in node.names)


def stage(part: str) -> int:
    name = part.removesuffix(".py")
    for number, names in enumerate(STAGES):
        if name in names:
            return number
    raise AssertionError(f"{part} belongs to no stage; add it to STAGES")


@pytest.mark.parametrize(("part", "path"), list(modules()), ids=lambda value: str(value)[-40:])
def test_a_module_imports_from_earlier_stages_only(part: str, path: Path) -> None:
    if part == "__init__.py":
        return
    for name in imported(path):
        if not name.startswith("oomlab.") or name == "oomlab.__version__":
            continue
        other = name.split(".")[1]
        assert stage(other) <= stage(part), f"{path.name} imports {name}"
        assert (part, other) not in SIDEWAYS, f"{path.name} imports {name}"


def test_each_third_party_package_has_one_door() -> None:
    for part, path in modules():
        for name in imported(path):
            top = name.split(".")[0]
            if top == "oomlab" or top in sys.stdlib_module_names:
                continue
            assert top in DOORS, f"{path} imports {name}, which no part may"
            assert part == DOORS[top], f"{path} imports {name}; only {DOORS[top]} may"


def test_what_a_page_runs_needs_simpy_alone() -> None:
    code = (
        "import sys\n"
        "for name in ('anywidget', 'ipywidgets', 'matplotlib', 'numpy', 'IPython'):\n"
        "    sys.modules[name] = None\n"
        "from oomlab import views\n"
        "import oomlab.cli\n"
        "print(len(views.known()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 3
