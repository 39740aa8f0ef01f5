"""Which local variables of a suspended routine can still matter.

A variable that will be assigned before it is read again says nothing about what a routine does
next. Leaving such variables out lets the explorer recognise many more local states as equal; it is
the classical live-variable analysis, on the function's bytecode. Where in doubt a variable counts
as live: that only costs states, never a verdict.
"""

from __future__ import annotations

import dis
from functools import cache
from types import CodeType

_NO_FALL_THROUGH = frozenset(
    {
        "JUMP_FORWARD",
        "JUMP_BACKWARD",
        "JUMP_BACKWARD_NO_INTERRUPT",
        "RETURN_VALUE",
        "RETURN_CONST",
        "RAISE_VARARGS",
        "RERAISE",
    }
)


@cache
def live_after(code: CodeType, offset: int) -> tuple[str, ...]:
    """Names, sorted, of the local variables of `code` that may be read after the instruction at
    `offset`.

    In a function with a `for` loop every variable counts as live: the loop's iterator is hidden on
    the value stack and was made from them.
    """
    return tuple(sorted(_analyse(code).get(offset, frozenset(_all_names(code)))))


@cache
def needed_after(code: CodeType, offset: int) -> tuple[str, ...]:
    """The same, but a function with a `for` loop is one only inside that loop: where no iterator is
    hidden, its variables say all. The explorer, whose states are counted, does without."""
    instructions = list(dis.get_instructions(code))
    loops = [(i.offset, i.argval) for i in instructions if i.opname.startswith("FOR_ITER")]
    if any(begins <= offset < ends for begins, ends in loops):
        return live_after(code, offset)
    return tuple(sorted(_live(code).get(offset, frozenset(_all_names(code)))))


def _all_names(code: CodeType) -> tuple[str, ...]:
    return code.co_varnames + code.co_cellvars + code.co_freevars


def _analyse(code: CodeType) -> dict[int, frozenset[str]]:
    """For each instruction's offset, what is live after it; nothing where there is a loop."""
    if any(i.opname.startswith("FOR_ITER") for i in dis.get_instructions(code)):
        return {}
    return _live(code)


@cache
def _live(code: CodeType) -> dict[int, frozenset[str]]:
    """For each instruction's offset, what is live after it, iterators left aside."""
    instructions = list(dis.get_instructions(code))
    always = set(code.co_cellvars + code.co_freevars)
    position = {i.offset: n for n, i in enumerate(instructions)}
    before: list[set[str]] = [set() for _ in instructions]
    after: list[set[str]] = [set() for _ in instructions]
    changed = True
    while changed:
        changed = False
        for n in range(len(instructions) - 1, -1, -1):
            live: set[str] = set()
            for target in _successors(instructions, position, n):
                live |= before[target]
            reads, writes = _access(instructions[n])
            needed = (live - writes) | reads
            if live != after[n] or needed != before[n]:
                after[n], before[n] = live, needed
                changed = True
    return {i.offset: frozenset(after[n] | always) for n, i in enumerate(instructions)}


def _successors(instructions: list[dis.Instruction], position: dict[int, int], n: int) -> list[int]:
    found = []
    instruction = instructions[n]
    if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
        found.append(position[instruction.argval])
    if instruction.opname not in _NO_FALL_THROUGH and n + 1 < len(instructions):
        found.append(n + 1)
    return found


def _access(instruction: dis.Instruction) -> tuple[set[str], set[str]]:
    """(variables read, variables written) by one instruction.

    Newer interpreters join two accesses into one instruction, named after both.
    """
    parts = instruction.opname.replace("_FAST_", "_FAST|").split("|")
    if not any("FAST" in part for part in parts):
        return set(), set()
    names = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
    kinds = [
        part
        for part in instruction.opname.replace("STORE_FAST", "|W")
        .replace("LOAD_FAST", "|R")
        .split("|")
        if part
    ]
    reads: set[str] = set()
    writes: set[str] = set()
    for kind, name in zip(kinds, names, strict=False):
        if kind.startswith("W") and name not in reads:
            writes.add(name)
        elif kind.startswith("R"):
            if name not in writes:
                reads.add(name)
        else:
            reads.add(name)
    return reads, writes
