"""Views: what a panel shows for given values of its controls.

A view is a function in a module below this package. It takes keyword arguments (the values of the
controls and the fixed values of the panel, all of them JSON scalars) and returns a `View`. It is
named by a string, "oomlab.views.module:function", because the same name is called in three places:
while the book is built, in the page by Pyodide, and by a Jupyter kernel. All three come in here.

A value that makes no sense is a ValueError whose message is a sentence for the reader. Any other
exception is a defect of oomlab.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

from oomlab.errors import InputError, unknown
from oomlab.faces import Face

_FACE = Face(
    __name__,
    {
        "oomlab.views.audit": ("places_under",),
        "oomlab.views.history": ("tug_of_war",),
        "oomlab.views.lockdep": ("as_shrinker", "runs_that_went_well", "who_sees_what"),
        "oomlab.views.masks": ("exits",),
        "oomlab.views.runs": ("moments",),
        "oomlab.views.schedules": ("milestones",),
        "oomlab.views.slow_path": ("mark_rows", "run_machine", "run_request", "trace_polls"),
    },
)

__all__ = ["Scalar", "View", "answer", "call", "find", "known", *_FACE.names]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


Scalar: TypeAlias = str | int | float | bool
"""What a view may be given: a value that JSON carries unchanged."""


@dataclass(frozen=True, slots=True)
class View:
    """What there is to see, to read and to hear for one set of values.

    `picture` is one complete `<svg>` element, made by oomlab's own figures: it is put into pages
    as it is. `sentence` (what happened, and why) and `twin` (the picture in words, in lines) are
    plain text; whoever puts them into a page escapes them.
    """

    picture: str
    sentence: str
    twin: str


def known() -> list[str]:
    """The names of all views there are, sorted. Imports every module below this package."""
    return sorted(
        f"{module}:{function}"
        for module in _modules()
        for function in _views_of(importlib.import_module(module))
    )


def find(name: str) -> Callable[..., View]:
    """The view called `name` ("oomlab.views.module:function").

    Raises ValueError, naming the views there are, for anything that is not one of them: the name
    may come out of a page or a message, and must not reach any other function.
    """
    module, _, function = name.partition(":")
    if module in _modules():
        views = _views_of(importlib.import_module(module))
        if function in views:
            return views[function]
    raise unknown("view", name, known())


def call(name: str, values: Mapping[str, Scalar]) -> dict[str, str]:
    """Calls the view `name` with `values`; returns {"picture": ..., "sentence": ..., "twin": ...}.

    Raises ValueError, with a sentence for the reader, for an unknown view, for values the view has
    no parameter for (or a parameter without a value), and for whatever the view itself refuses.
    """
    view = find(name)
    check_names(name, view, values)
    made = view(**values)
    if not isinstance(made, View):
        raise TypeError(f"{name} returned {type(made).__name__}, not a View")
    return {"picture": made.picture, "sentence": made.sentence, "twin": made.twin}


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


def check_names(name: str, view: Callable[..., View], values: Mapping[str, Scalar]) -> None:
    """Raises ValueError, naming the parameters, unless the view can be called with `values`."""
    signature = inspect.signature(view)
    try:
        signature.bind(**values)
    except TypeError as error:
        parameters = ", ".join(signature.parameters) or "none"
        raise InputError(f"{name}: {error}; its parameters are: {parameters}") from None


def _modules() -> set[str]:
    return {found.name for found in pkgutil.walk_packages(__path__, f"{__name__}.")}


def _views_of(module: ModuleType) -> dict[str, Callable[..., View]]:
    return dict(_public_views(module))


def _public_views(module: ModuleType) -> Iterator[tuple[str, Callable[..., View]]]:
    for name, value in vars(module).items():
        if name.startswith("_") or not callable(value) or inspect.isclass(value):
            continue
        # Only what the module itself defines: what it imports has a name of its own elsewhere.
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.signature(value).return_annotation in (View, "View"):
            yield name, value
