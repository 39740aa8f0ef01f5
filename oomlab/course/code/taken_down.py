"""The text of a function, with the helpers and constants that it needs."""

from __future__ import annotations

import inspect
import textwrap
from types import CodeType, FunctionType, GeneratorType

from oomlab.course.answer import require_answer
from oomlab.errors import InputError

PLAIN = (bool, int, float, str, tuple, type(None))


def written(routine: object) -> str:
    """The text of `routine`: its helpers and constants first, itself last; a text stays as it is.

    Raises InputError, in words for whoever wrote it, for what is no function of a notebook.
    """
    require_answer(routine)
    if isinstance(routine, str):
        return routine
    if isinstance(routine, GeneratorType):
        name = routine.gi_code.co_name
        raise InputError(f"{name}(...) has been called already; give the function itself: {name}")
    if not isinstance(routine, FunctionType):
        kind = type(routine).__name__
        raise InputError(
            f"the answer must be a function made with `def`, not a value of type {kind}"
        )
    return "\n\n".join(_texts(routine, {}).values())


def _texts(function: FunctionType, found: dict[str, str]) -> dict[str, str]:
    """The texts of all that `function` needs, and its own; what needs another stands behind it."""
    begun = f"<{function.__name__}>"
    found[begun] = ""
    for name in sorted(_names(function.__code__)):
        if name in found or f"<{name}>" in found:
            continue
        value = function.__globals__.get(name, ...)
        if isinstance(value, FunctionType) and not value.__module__.startswith("oomlab"):
            _texts(value, found)
        elif type(value) in PLAIN:
            found[name] = f"{name} = {value!r}"
    del found[begun]
    found[function.__name__] = _text(function)
    return found


def _names(code: CodeType) -> set[str]:
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _text(function: FunctionType) -> str:
    if function.__name__ == "<lambda>":
        raise InputError("the answer is a lambda; write the function with `def`")
    if function.__closure__:
        raise InputError(
            f"{function.__name__} is made inside another function; write it at the left margin"
        )
    try:
        return textwrap.dedent(inspect.getsource(function)).rstrip()
    except (OSError, TypeError):
        raise InputError(
            f"the text of {function.__name__} cannot be found; write it in a cell of the notebook"
        ) from None
