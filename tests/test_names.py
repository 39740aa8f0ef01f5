"""A public word has one meaning, and no name hides a module."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import oomlab

PACKAGE = Path(oomlab.__file__).parent

TWICE: dict[str, str] = {}
"""Public names of types that stand for two things: name -> why both need it. Empty: rename the less
central of the two."""

STUDENTS = (
    "course.steps: the step of this name, with a sentence for whoever gives it the wrong thing"
)

SAME_ROLE = {
    "answer": "of a command, found by its module's name; views.answer is a view's",
    "options": "what a call of a command can say, found by its module's name",
    "may_kill": "gfp: of a request; logs.story: of the request of an OOM report",
    "explain": "narration: what a step means; logs.story: what a whole log does",
    "build": "a scenario's builder, handed to its Scenario and called by nobody else",
    "check": "gfp: of a mask; sweep: of stored results. Both are called by their module's name",
    "joins": "how a listener's own driver comes to a machine; each is entered in its REGISTRANT",
    "find": "views.find is the registry of views, called by its package's name",
    "load": "a trace or a sweep's results from a file, each called by its module's name",
    "main": "where a program begins",
    "marks": "views.slow_path shows watermarks; figures draw marks on a line of time",
    "save": "the counterpart of load",
    "table": "gfp: the numbers of a release; brief: what a notebook shows",
    "timed": "ledger: a claim's run; views.stage: a run's picture, called by its package's name",
    "write": "ops: to a word of memory; streams: to standard output; course.steps: as the op",
    "log": "ops: printk; views: what the detectors print",
    "rounds": "analysis, summaries and the view that shows them are about the same rounds",
    "tradeoff": "the summary and the view that shows it",
    "alloc_page": "course.listener: the kernel's, as a student's callback may call it",
    "walk": "views are named with their module: slow_path and chain; course.protocol: of the chain",
    "mutex_lock": STUDENTS,
    "mutex_trylock": STUDENTS,
    "mutex_unlock": STUDENTS,
    "move": STUDENTS,
    "holds_more": STUDENTS,
    "read": STUDENTS,
    "swap": STUDENTS,
    "wake": STUDENTS,
    "sleep": STUDENTS,
    "wait_event": STUDENTS,
    "wait_event_timeout": STUDENTS,
}
"""Public functions of one name in several modules, and why that misleads nobody."""


def types_of(path: Path) -> Iterator[str]:
    """The public classes and named types that a module defines."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            # Constants are in capitals and belong to their module (LIMITS, COMMAND, PARAMETERS).
            if isinstance(target, ast.Name) and not target.id.isupper() and target.id[0].isupper():
                yield target.id


def functions_of(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name


def places(names_of: object) -> dict[str, set[str]]:
    """Public name -> the modules that define it."""
    found = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in names_of(path):  # type: ignore[operator]
            if not name.startswith("_"):
                found[name].add(str(path.relative_to(PACKAGE)))
    return {name: where for name, where in found.items() if len(where) > 1}


def test_no_two_public_types_have_the_same_name() -> None:
    double = {name: where for name, where in places(types_of).items() if name not in TWICE}
    assert not double, f"rename one of each, or say in TWICE why both need the name: {double}"


def test_functions_of_the_same_name_mislead_nobody() -> None:
    double = places(functions_of)
    new = {name: where for name, where in double.items() if name not in SAME_ROLE}
    assert not new, f"rename one of each, or say in SAME_ROLE why it misleads nobody: {new}"
    assert double.keys() == SAME_ROLE.keys(), "an entry of SAME_ROLE is of no use any more"


def test_nothing_hides_a_module() -> None:
    for found in pkgutil.walk_packages(oomlab.__path__, "oomlab."):
        module = importlib.import_module(found.name)
        package, _, name = found.name.rpartition(".")
        there = getattr(importlib.import_module(package), name)
        assert isinstance(there, ModuleType) and there is module, (
            f"{package} has a {name} of its own, which hides the module {found.name}; rename one"
        )
