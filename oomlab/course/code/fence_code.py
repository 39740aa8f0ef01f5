"""The text of a routine made into one that runs, and can do nothing but yield steps."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType, GeneratorType
from typing import Any

from oomlab.course.code.grammar import (
    METHODS,
    MOST_DEEP,
    MOST_LETTERS,
    Counted,
    WithLoops,
    depth,
    faults,
)
from oomlab.engine.ops import Op
from oomlab.errors import InputError, ModelError, shown

MOST_ROUNDS = 20_000
"""Calls, rounds of loops and entries looked at between two steps (our choice)."""

MOST = 1 << 62
"""Larger whole numbers, and longer texts and tuples than"""
MOST_ENTRIES = 1_000
"""are a slip (our choice)."""


class RoutineFault(InputError):
    """A routine did what no routine may; the message is a sentence about its line."""


class _Watch:
    """Counts what a routine does between two steps, and looks at each step."""

    def __init__(self, plain: bool) -> None:
        self.rounds = 0
        self.why = (
            "does its loop ever end?"
            if plain
            else "a loop without `yield` in it never lets anybody else run"
        )

    def count(self, rounds: int = 1) -> None:
        self.rounds += rounds
        if self.rounds > MOST_ROUNDS:
            self.rounds = 0
            raise RoutineFault(f"it goes round {MOST_ROUNDS} times without a step: {self.why}")

    def step(self, value: object, line: int) -> Op:
        self.rounds = 0
        if isinstance(value, Op):
            return value
        if isinstance(value, GeneratorType):
            name = value.gi_code.co_name
            raise RoutineFault(f"line {line} yields a routine; write `yield from {name}(...)`")
        what = "nothing" if value is None else shown(value)
        raise RoutineFault(f"line {line} yields {what}, which is no step")

    def over(self, values: Any) -> Any:
        """The values that a comprehension goes over, counted beforehand."""
        if not isinstance(values, tuple | list | range | str):
            values = tuple(values)
        self.count(len(values))
        return values

    def range(self, *bounds: int) -> range:
        """Python's own; what it is gone over for counts when it is made."""
        made = range(*bounds)
        self.count(len(made))
        return made

    def within(self, value: object, line: int) -> GeneratorType[Any, Any, Any]:
        if isinstance(value, GeneratorType):
            return value
        if isinstance(value, Op):
            raise RoutineFault(f"line {line}: `yield from` a single step; write `yield`")
        raise RoutineFault(f"line {line}: `yield from` {shown(value)}, which is no routine")


def _plus(one: Any, other: Any) -> Any:
    return _small(one + other)


def _times(one: Any, other: Any) -> Any:
    for many, times in ((one, other), (other, one)):
        if isinstance(many, list | tuple | str) and isinstance(times, int):
            if len(many) * times > MOST_ENTRIES:
                raise RoutineFault(f"it makes something of more than {MOST_ENTRIES} entries")
            return many * times
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        raise RoutineFault("it multiplies something that is no number")
    return _small(one * other)


def _rest(one: Any, other: Any) -> Any:
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        raise RoutineFault("it takes `%` of something that is no number")
    return one % other


def _small(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > MOST:
        raise RoutineFault("it computes with a number of more than 62 bits")
    return _made(value)


def _made(value: Any) -> Any:
    """`value`, if it is not too large, counting what is within it."""
    if isinstance(value, str) and len(value) > MOST_ENTRIES:
        raise RoutineFault(f"it makes a text of more than {MOST_ENTRIES} letters")
    left, entries = [value], 0
    while left:
        each = left.pop()
        if isinstance(each, tuple | list | set | frozenset | dict) and not isinstance(each, Op):
            entries += len(each)
            if entries > MOST_ENTRIES:
                raise RoutineFault(f"it makes something of more than {MOST_ENTRIES} entries")
            left += each.values() if isinstance(each, dict) else each
            left += each if isinstance(each, dict) else ()
    return value


def _zip(*many: Any) -> tuple[Any, ...]:
    return tuple(zip(*many, strict=False))


def _enumerate(many: Any, start: int = 0) -> tuple[Any, ...]:
    return tuple(enumerate(many, start))


def _silent(*values: object, **more: object) -> None:
    """In place of print: while all schedules are tried, nobody reads along."""


BUILTINS: Mapping[str, Callable[..., Any]] = {
    "abs": abs, "all": all, "any": any, "bool": bool, "int": int, "len": len, "max": max,
    "min": min, "print": _silent, "reversed": reversed, "sorted": sorted,
    "sum": sum, "tuple": tuple, "list": list, "zip": _zip, "enumerate": _enumerate,
}  # fmt: skip
"""What a routine may use of Python's own functions."""

PLAIN_BUILTINS: Mapping[str, Callable[..., Any]] = {
    "dict": dict, "set": set, "frozenset": frozenset, "float": float, "round": round,
    "isinstance": isinstance, "next": next, "iter": iter,
}  # fmt: skip
"""What a function without steps may use besides."""


@dataclass(frozen=True, eq=False)
class FencedCode:
    """A routine that can be run: `function` gives a generator; `name` is the student's."""

    name: str
    function: Callable[..., Any]

    def value(self, *arguments: object) -> Any:
        """What a function without steps gives. Raises whatever it raises."""
        return self.function(*arguments)

    def routine(self, *arguments: object) -> Any:
        """It, begun with these arguments. Raises RoutineFault if it is no generator."""
        try:
            made = self.function(*arguments)
        except TypeError as error:
            raise RoutineFault(_plain(error)) from None
        if not isinstance(made, GeneratorType):
            raise RoutineFault(f"{self.name} has no `yield` in it, so that it takes no step")
        return made


def fenced(
    text: str,
    names: Mapping[str, object],
    parts: Collection[str],
    arguments: int,
    *,
    plain: bool = False,
) -> FencedCode:
    """Make the routine that `text` describes.

    `names`: the steps and helpers it may use. `parts`: what may stand behind a dot. `arguments`:
    how many it is called with. `plain`: it takes no steps, and gives a value. Raises InputError
    with what is wrong with it, the first fault first.
    """
    if len(text) > MOST_LETTERS:
        raise InputError(f"the routine has more than {MOST_LETTERS} letters")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise InputError(f"the routine cannot be read as Python: {error}") from None
    if depth(tree) > MOST_DEEP:
        raise InputError("the routine is nested too deep to be read")
    if plain:
        tree = WithLoops().visit(tree)
    known = {*names, *BUILTINS, "range", *(PLAIN_BUILTINS if plain else ())}
    wrong = next(faults(tree, known, METHODS if plain else parts, plain=plain), None)
    if wrong:
        raise InputError(f"{_last(tree)}: {wrong}")
    for each in tree.body:
        if not isinstance(each, ast.FunctionDef | ast.Assign | ast.AnnAssign) and not _text(each):
            raise InputError(f"line {each.lineno} stands outside every function")
    last = tree.body[-1] if tree.body else None
    if not tree.body and text.startswith("# "):  # why it could not be brought along
        raise InputError(text[2:].splitlines()[0])
    if not isinstance(last, ast.FunctionDef):
        raise InputError("the answer must be a function made with `def`")
    least = len(last.args.args) - len(last.args.defaults)
    if not least <= arguments <= len(last.args.args):
        raise InputError(
            f"{last.name} must take {arguments} argument{'s' * (arguments != 1)}, not {least}"
        )
    watch = _Watch(plain)
    space: dict[str, Any] = {
        "__builtins__": {
            **BUILTINS,
            "range": watch.range,
            **(PLAIN_BUILTINS if plain else {}),
        },
        **names,
        "__count": watch.count,
        "__step": watch.step,
        "__within": watch.within,
        "__plus": _plus,
        "__times": _times,
        "__rest": _rest,
        "__over": watch.over,
        "__made": _made,
    }
    try:
        code: CodeType = compile(Counted().visit(tree), f"<{last.name}>", "exec")
        exec(code, space)
    except Exception as error:  # whatever a constant of the student's does
        raise InputError(f"{last.name}: {_plain(error)}") from None
    function = space[last.name]
    assert isinstance(function, FunctionType)
    return FencedCode(last.name, function)


def _text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _last(tree: ast.Module) -> str:
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return names[-1] if names else "the routine"


def _plain(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def error_told(error: BaseException, name: str) -> str:
    """An exception out of a routine called `name`, as a sentence without the full stop."""
    if isinstance(error, RecursionError):
        return f"{name} calls itself without end"
    line = _line(error, name)
    where = f" in line {line}" if line else ""
    if isinstance(error, RoutineFault):
        return f"{name}: {error}"
    if isinstance(error, InputError):
        return f"{name}{where}: {error}"
    if isinstance(error, ModelError):  # tasks are numbers to the ops
        said = re.sub(r"^task \d+ unlocks", "it lets go of", str(error))
        return f"{name}: {said}"
    return f"{name} ends in an error{where}: {_plain(error)}"


def _line(error: BaseException, name: str) -> int:
    """The last line of the routine's text that an error came through; 0 for none."""
    found, at = 0, error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == f"<{name}>":
            found = at.tb_lineno
        at = at.tb_next
    return found
