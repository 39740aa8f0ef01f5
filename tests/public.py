"""What the package offers: the names that the reference lists, those that a chapter imports, the
views and the course's checks. New ones are found by themselves."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from oomlab import course, views

BOOK = Path(__file__).parents[1] / "book"

WORKSHOP = (
    "oomlab.kernel.zone",
    "oomlab.engine.model",
    "oomlab.engine.ops",
    "oomlab.course.steps",
)
"""What models are built with. A chapter shows it, but a mistake there is a mistake in a model:
Python's own errors and ModelError say so. The command line answers in its own way."""

STEPS = ("alloc_page", "walk")
"""Routines that a student's routine takes for steps: they need a machine that runs."""

_AUTO = re.compile(r"auto(?:function|class):: (oomlab[\w.]*)\.(\w+)(\(\))?")
_MEMBERS = re.compile(r"autoclass:: (oomlab[\w.]*)\.(\w+)(?:\(\))?\n +:members:")
_IMPORT = re.compile(r"^from (oomlab[\w.]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)


def _named() -> Iterator[tuple[str, str]]:
    for page in sorted(BOOK.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        for module, name, not_made in _AUTO.findall(text):
            if not not_made:  # of the others the user only gets instances
                yield module, name
        for module, names in _IMPORT.findall(text):
            for part in names.strip("()\n ").split(","):
                if part.strip():
                    yield module, part.split()[0]
    for name in views.known():
        module, _, function = name.partition(":")
        yield module, function
    yield from (("oomlab.course", name) for name in course.__all__)


def public() -> dict[str, Callable[..., Any]]:
    """The functions, and the classes that users make, by their full names."""
    found = {}
    for module, name in _named():
        value = getattr(importlib.import_module(module), name)
        made = inspect.isclass(value) and module.startswith(("oomlab.widgets", "oomlab.kernel"))
        called = inspect.isfunction(value) or made or hasattr(value, "cache_info")
        ours = called and name not in STEPS
        if ours and not value.__module__.startswith((*WORKSHOP, "oomlab.command")):
            found[f"{value.__module__}.{value.__qualname__}"] = value
    return dict(sorted(found.items()))


def methods(examples: Mapping[type, Any]) -> dict[str, Callable[..., Any]]:
    """The same for the methods that the reference lists, each of the instance of its class among
    `examples`."""
    found = {}
    for page in sorted(BOOK.rglob("*.md")):
        for module, name in _MEMBERS.findall(page.read_text(encoding="utf-8")):
            of = getattr(importlib.import_module(module), name)
            for method in vars(of):
                if method.startswith("_"):
                    continue
                bound = getattr(examples[of], method)
                if inspect.ismethod(bound):
                    found[f"{of.__module__}.{of.__qualname__}.{method}"] = bound
    return dict(sorted(found.items()))
