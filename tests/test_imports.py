"""Imports go one way, and each third-party package comes in by its door."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import oomlab

PACKAGE = Path(oomlab.__file__).parent

ENGINE = (
    ("liveness", "chooser"),
    ("ops",),
    ("slots", "observers", "properties"),
    ("model", "routines", "stage"),
    ("trace",),
    ("clock", "explorer"),
)
"""The parts of the engine: each imports from its own line or from earlier ones."""

STAGES = (
    ("errors", "brief", "checkout", "faces", "files"),
    ("checked", "registry"),
    ("limits", "listing", "kernel_release"),
    ("engine",),
    ("gfp",),
    ("kernel",),
    ("listeners",),
    ("remedies",),
    ("scenarios",),
    ("listings",),
    ("experiment",),
    ("analysis",),
    ("evidence",),
    ("dmesg", "logs"),
    ("export",),
    ("figures",),
    ("course", "workbench"),
    ("views",),
    ("widgets", "command", "__main__"),
)
"""A room imports from itself or from earlier lines."""

SIDEWAYS = {("explorer", "clock"), ("clock", "explorer")}
"""The two engines know nothing of each other."""

DOORS = {
    "simpy": {"clock"},
    "anywidget": {"widgets"},
    "traitlets": {"widgets", "course"},
    "ipywidgets": {"widgets"},
    "IPython": {"widgets", "course"},
    "matplotlib": {"plots.py"},
    "shtab": {"completion.py"},
    "numpy": {"explorer", "sensitivity.py"},
    "SALib": {"sensitivity.py"},
    "dask": {"executors.py"},
    "distributed": {"executors.py"},
    "pandas": {"tables.py"},
    "pyarrow": {"tables.py"},
    "tqdm": {"bar.py"},
    "nbgrader": {"course"},
    "nbformat": {"course"},
    "nbconvert": {"course"},
    "jinja2": {"course"},
    "perfetto": {"as_perfetto.py"},
    "google": {"as_perfetto.py"},
}


def room(path: Path) -> tuple[str, ...]:
    """The folders of the package in which a file lies, or its name where it lies in none."""
    return path.relative_to(PACKAGE).parts


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


def stage(part: str, stages: tuple[tuple[str, ...], ...] = STAGES) -> int:
    name = part.removesuffix(".py")
    for number, names in enumerate(stages):
        if name in names:
            return number
    raise AssertionError(f"{part} belongs to no stage; add it to STAGES in tests/test_imports.py")


@pytest.mark.parametrize(("part", "path"), list(modules()), ids=lambda value: str(value)[-40:])
def test_a_module_imports_from_earlier_stages_only(part: str, path: Path) -> None:
    if part == "__init__.py":
        return
    for name in imported(path):
        if not name.startswith("oomlab.") or name == "oomlab.__version__":
            continue
        other = name.split(".")[1]
        assert stage(other) <= stage(part), (
            f"{path.name} imports {name}, which stands above {part}: move what is needed down, or "
            "hand it over as an argument (DESIGN.md has the order of the rooms)"
        )


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "engine").rglob("*.py")), ids=lambda path: path.stem
)
def test_the_parts_of_the_engine_stand_in_a_row_too(path: Path) -> None:
    part = room(path)[1]
    if part == "__init__.py":
        return
    for name in imported(path):
        if not name.startswith("oomlab.engine."):
            continue
        other = name.split(".")[2]
        assert stage(other, ENGINE) <= stage(part, ENGINE), f"{path.name} imports {name}"
        assert (part, other) not in SIDEWAYS, f"{path.name} imports {name}"


def test_each_third_party_package_has_its_doors() -> None:
    for part, path in modules():
        for name in imported(path):
            top = name.split(".")[0]
            if top == "oomlab" or top in sys.stdlib_module_names:
                continue
            assert top in DOORS, (
                f"{path} imports {name}, which no part may: add it to DOORS here "
                "and to pyproject.toml, or do without"
            )
            doors = DOORS[top].intersection(room(path))
            assert doors, f"{path} imports {name}; only {', '.join(DOORS[top])} may"
            if part == "course":
                assert path.parent.name == "grading", f"{path} imports {name}; students have none"


def test_a_small_exploration_is_not_slowed_down_by_what_it_does_not_use() -> None:
    """A whole command takes little more than its imports: no arrays, no clock, no analysis of runs,
    and nothing of the library that only help or a slip asks for."""
    unused = (
        "numpy",
        "simpy",
        "oomlab.analysis",
        "oomlab.engine.explorer.ample",
        "shutil",
        "difflib",
    )
    code = (
        "import sys\n"
        "from oomlab.command import main\n"
        "assert main(['explore', 'h1-two-task-cycle']) == 0\n"
        f"print(*[name for name in {unused} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_what_a_page_runs_needs_simpy_alone() -> None:
    code = (
        "import sys\n"
        "for name in ('anywidget', 'ipywidgets', 'matplotlib', 'numpy', 'IPython'):\n"
        "    sys.modules[name] = None\n"
        "from oomlab import views\n"
        "import oomlab.command.dispatch\n"
        "print(len(views.known()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 3
