"""Views: what a panel shows for given values of its controls.

A view is a function in a module below this package, decorated with `view`. It takes keyword
arguments (the values of the controls and the fixed values of the panel, all of them JSON scalars)
and returns a `View`. It is named by a string, "oomlab.views.module:function", because the same name
is called in three places: while the book is built, in the page by Pyodide, and by a Jupyter kernel.
All three come in here.

A value that makes no sense is a ValueError whose message is a sentence for the reader. Any other
exception is a defect of oomlab.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, unknown
from oomlab.faces import Face
from oomlab.registry import Registry

_FACE = Face(
    __name__,
    {
        "oomlab.views.audit": ("places_under",),
        "oomlab.views.heroes": ("hero",),
        "oomlab.views.matrix": ("map_numbers", "map_rows"),
        "oomlab.views.merged": ("tug_of_war",),
        "oomlab.views.lockdep": ("as_shrinker", "runs_that_went_well", "who_sees_what"),
        "oomlab.views.masks": ("FLIPS", "exits"),
        "oomlab.views.real_kernel": ("case_groups", "cells_table", "told_table"),
        "oomlab.views.today": ("hazards_that_hang",),
        "oomlab.views.slow_path": ("mark_rows", "run_machine", "run_request", "trace_polls"),
    },
)

__all__ = ["Scalar", "View", "answer", "call", "find", "known", "view", *_FACE.names]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


Scalar: TypeAlias = str | int | float | bool
"""What a view may be given: a value that JSON carries unchanged."""


@brief
@dataclass(frozen=True, slots=True)
class View:
    """What there is to see, to read and to hear for one set of values.

    `picture` is one complete element, made by oomlab's own figures: it is put into pages as it
    is. `sentence` (what happened, and why) and `twin` (the picture in words, in lines) are
    plain text; whoever puts them into a page escapes them.
    """

    picture: str
    sentence: str
    twin: str


def _name(function: Callable[..., View]) -> str:
    return f"{function.__module__}:{function.__name__}"


VIEWS: Registry[str, Callable[..., View]] = Registry("view", key=_name)
"""The views of the modules that were imported so far; `known` imports them all."""

V = TypeVar("V", bound=Callable[..., View])


def view(function: V) -> V:
    """Decorator: a panel may call this function, which checks its arguments (see `checked`).

    No other function can be reached by a name that comes out of a page.
    """
    public = checked(function)
    VIEWS.add(public)
    return public


def known() -> list[str]:
    """The names of all views there are, sorted. Imports every module below this package."""
    for module in _modules():
        importlib.import_module(module)
    return sorted(VIEWS)


@checked(leave="name")
def find(name: str) -> Callable[..., View]:
    """The view called `name` ("oomlab.views.module:function").

    Raises ValueError, naming the views there are, for anything that is not one of them: the name
    may come out of a page or a message, and must not reach any other function.
    """
    if isinstance(name, str):
        module = name.partition(":")[0]
        if module in _modules():  # a page loads the module that it needs, not all of them
            importlib.import_module(module)
        if name in VIEWS:
            return VIEWS[name]
    raise unknown("view", name, known())


@checked(leave="name")
def call(name: str, values: Mapping[str, Scalar]) -> dict[str, str]:
    """Calls the view `name` with `values`; returns {"picture": ..., "sentence": ..., "twin": ...}.

    Raises ValueError, with a sentence for the reader, for an unknown view, for values the view has
    no parameter for (or a parameter without a value), and for whatever the view itself refuses.
    """
    found = find(name)
    check_names(name, found, values)
    made = found(**values)
    if not isinstance(made, View):
        raise TypeError(f"{name} returned {type(made).__name__}, not a View")
    return {"picture": made.picture, "sentence": made.sentence, "twin": made.twin}


@checked(leave="name")
def answer(name: str, values: Mapping[str, Scalar]) -> dict[str, str]:
    """Like `call`, but an exception becomes {"error": sentence}: for who asks from afar."""
    try:
        return call(name, values)
    except ValueError as refusal:
        return {"error": str(refusal)}
    except Exception as defect:  # every failure must reach the reader, whatever it is
        return {
            "error": f"the model stopped with {type(defect).__name__}: {defect}. "
            "This is a defect of oomlab, not of the values you chose."
        }


def check_names(name: str, function: Callable[..., View], values: Mapping[str, Scalar]) -> None:
    """Raises ValueError, naming the parameters, unless the view can be called with `values`."""
    signature = inspect.signature(function)
    try:
        signature.bind(**values)
    except TypeError as error:
        parameters = ", ".join(signature.parameters) or "none"
        raise InputError(f"{name}: {error}; its parameters are: {parameters}") from None


def _modules() -> set[str]:
    return {found.name for found in pkgutil.walk_packages(__path__, f"{__name__}.")}
