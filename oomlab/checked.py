"""Arguments checked where they enter: the public functions of the package.

Public is what the book's reference lists, what a chapter imports, and the views that panels show. A
public function is decorated with `checked`, which holds its arguments against their type hints and
answers what does not fit with one InputError. What is behind it (kernel routines, drawing helpers)
need not look again, and does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from inspect import isclass
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from oomlab.errors import InputError, shown

Test = Callable[[object], bool]
_ANYTHING: tuple[Test, str] = (lambda value: True, "anything")
Public = TypeVar("Public", bound=Callable[..., Any])

LOOKED_UP: dict[str, Callable[[Any], object]] = {}
"""Names of arguments that mean an entry of a registry wherever they occur, and the function that
looks it up: it answers any wrong value with the list of those that are valid. Who has such a
registry enters itself here."""

LARGEST = 1 << 62
"""Whole numbers beyond this are a slip, and would overflow later (our choice)."""


@overload
def checked(function: Public, /) -> Public: ...
@overload
def checked(*, leave: str) -> Callable[[Public], Public]: ...
def checked(function: Any = None, /, *, leave: str = "") -> Any:
    """Decorator: a public function, or the class that a user makes, checks its arguments.

    `leave` names arguments, separated by blanks, that the function itself looks up and answers.
    """
    if function is None:
        return lambda public: checked_but(public, frozenset(leave.split()))
    return checked_but(function, frozenset())


def checked_but(public: Any, left: frozenset[str]) -> Any:
    """`public`, with all its arguments checked but those named."""
    if isclass(public):
        public.__init__ = checked_but(public.__init__, left | {"self"})  # type: ignore[method-assign]
        return public
    code = public.__code__ if not hasattr(public, "__wrapped__") else public.__wrapped__.__code__
    names = code.co_varnames[: code.co_argcount]
    tests: dict[str, tuple[Test, str]] | None = None

    def accepted(name: str, value: object, fits: Test, words: str) -> Any:
        """What to take instead of a value that does not fit; InputError if there is nothing."""
        if isinstance(value, Integral) and not isinstance(value, int) and fits(int(value)):
            return int(value)  # another library's whole number
        if name in LOOKED_UP and fits(""):
            LOOKED_UP[name](value)
        of = public.__qualname__.removesuffix(".__init__")
        raise InputError(f"{name} of {of} must be {words}, not {shown(value)}")

    @wraps(public)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        nonlocal tests
        if tests is None:  # only now are all modules there that the hints name
            tests = _tests(public, left)
        for place, name in enumerate(names[: len(args)]):
            if name in tests and not tests[name][0](args[place]):
                instead = accepted(name, args[place], *tests[name])
                args = (*args[:place], instead, *args[place + 1 :])
        for name in kwargs:
            if name in tests and not tests[name][0](kwargs[name]):
                kwargs[name] = accepted(name, kwargs[name], *tests[name])
        return public(*args, **kwargs)

    return wrapper


def _tests(function: Callable[..., Any], left: frozenset[str]) -> dict[str, tuple[Test, str]]:
    hints = get_type_hints(function)
    return {name: _test(hints[name]) for name in hints.keys() - left - {"return"}}


def _test(hint: Any) -> tuple[Test, str]:
    """Whether a value fits `hint`, and what would, in words."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any:
        return _ANYTHING
    if origin is Literal:
        words = ", ".join(map(repr, parts))
        return lambda value: any(type(value) is type(p) and value == p for p in parts), words
    if origin in (Union, UnionType):
        tests = [_test(part) for part in parts]
        said = dict.fromkeys(word for _, word in tests)
        if "a number" in said:
            said.pop("a whole number", None)
        words = " or ".join(said)
        return lambda value: any(test(value) for test, _ in tests), words
    if origin is not None:
        return _test_container(origin, parts)
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if isclass(hint):
        return lambda value: isinstance(value, hint), f"of type {hint.__name__}"
    return _ANYTHING  # a type variable


def _test_container(origin: Any, parts: tuple[Any, ...]) -> tuple[Test, str]:
    if origin is type and isclass(parts[0]):
        base = parts[0]
        return (
            lambda value: isclass(value) and issubclass(value, base)
        ), f"a class, {base.__name__} or one made of it"
    if not isclass(origin) or origin is type:
        return _ANYTHING
    if origin is Callable or issubclass(origin, Callable):  # type: ignore[arg-type]
        return callable, "a function"
    if issubclass(origin, Mapping):
        (key, _), (item, what) = map(_test, parts)
        return (
            lambda value: (
                isinstance(value, Mapping) and all(key(k) and item(v) for k, v in value.items())
            ),
            f"of the form {{name: value}}, each value {what}",
        )
    inner = [_test(part) for part in parts if part is not Ellipsis]
    one, words = inner[0] if inner else _ANYTHING

    def fits(value: object) -> bool:
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, origin):
            return False
        if origin is tuple and Ellipsis not in parts:
            assert isinstance(value, tuple)
            return len(value) == len(inner) and all(
                test(each) for (test, _), each in zip(inner, value, strict=True)
            )
        # What can be gone through only once is not gone through here.
        if isinstance(value, Iterator) or not isinstance(value, Iterable):
            return True
        return all(map(one, value))

    kind = "a list" if origin is list else "a tuple" if origin is tuple else "a list or the like"
    return fits, f"{kind}, each entry {words}"


def _is_whole(value: object) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and -LARGEST < value < LARGEST  # type: ignore[operator]


def _is_number(value: object) -> bool:
    if isinstance(value, int):
        return _is_whole(value)
    return isinstance(value, Real) and math.isfinite(value)


_SIMPLE: dict[Any, tuple[Test, str]] = {
    object: _ANYTHING,
    NoneType: (lambda value: value is None, "None"),
    bool: (lambda value: isinstance(value, bool), "True or False"),
    int: (_is_whole, "a whole number"),
    float: (_is_number, "a number"),
    str: (lambda value: isinstance(value, str), "a text"),
    dict: (lambda value: isinstance(value, dict), "of the form {name: value}"),
}
