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

_FOR_ITER = dis.opmap["FOR_ITER"]


@cache
def live_after(code: CodeType, offset: int) -> tuple[str, ...]:
    """Names, sorted, of the local variables of `code` that may be read after the instruction at
    `offset`.

    In a function with a `for` loop every variable counts as live: the loop's iterator is hidden on
    the value stack and was made from them.
    """
    return _names_at(code, {} if _has_loop(code) else _live(code), offset)


@cache
def needed_after(code: CodeType, offset: int) -> tuple[str, ...]:
    """The same, but a function with a `for` loop is one only inside that loop: where no iterator is
    hidden, its variables say all. The explorer, whose states are counted, does without."""
    if _has_loop(code):
        loops = [i for i in _instructions(code) if i.opname.startswith("FOR_ITER")]
        if any(loop.offset <= offset < loop.argval for loop in loops):
            return live_after(code, offset)
    return _names_at(code, _live(code), offset)


def _names_at(code: CodeType, live: dict[int, int], offset: int) -> tuple[str, ...]:
    """The names that a set of bits stands for; all where nothing is known."""
    names = _all_names(code)
    bits = live.get(offset, -1)
    return tuple(sorted({name for n, name in enumerate(names) if bits >> n & 1}))


def _all_names(code: CodeType) -> tuple[str, ...]:
    return code.co_varnames + code.co_cellvars + code.co_freevars


def _has_loop(code: CodeType) -> bool:
    """Has it a `for` loop? Looked up in the bytes: to take them apart takes a hundred times as
    long, and is done for every function that a routine is in."""
    return _FOR_ITER in code.co_code[::2]


@cache
def _instructions(code: CodeType) -> tuple[dis.Instruction, ...]:
    return tuple(dis.get_instructions(code))


@cache
def _live(code: CodeType) -> dict[int, int]:
    """For each instruction's offset, what is live after it, iterators left aside: a bit for each of
    `_all_names`."""
    instructions = _instructions(code)
    bit = {name: 1 << n for n, name in reversed([*enumerate(_all_names(code))])}
    always = sum({bit[name] for name in code.co_cellvars + code.co_freevars})
    position = {i.offset: n for n, i in enumerate(instructions)}
    follow = [_successors(instructions, position, n) for n in range(len(instructions))]
    accesses = [_access(instruction) for instruction in instructions]
    reads = [sum(bit[name] for name in one) for one, _ in accesses]
    kept = [~sum(bit[name] for name in other) for _, other in accesses]
    before = [0] * len(instructions)
    after = [0] * len(instructions)
    changed = True
    while changed:
        changed = False
        for n in range(len(instructions) - 1, -1, -1):
            live = 0
            for target in follow[n]:
                live |= before[target]
            after[n] = live
            needed = live & kept[n] | reads[n]
            if needed != before[n]:
                before[n] = needed
                changed = True
    return {i.offset: after[n] | always for n, i in enumerate(instructions)}


def _successors(
    instructions: tuple[dis.Instruction, ...], position: dict[int, int], n: int
) -> list[int]:
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
    if "FAST" not in instruction.opname:
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
