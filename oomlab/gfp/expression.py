"""Reading GFP masks as a C programmer writes them, and printing them as the kernel does.

An expression is made of the kernel's names, of C integers (decimal, hexadecimal, octal) and of
`~`, `&`, `^`, `|` and parentheses, with C's precedence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_, xor

from oomlab.errors import InputError
from oomlab.gfp.eras.era import RENAMED
from oomlab.gfp.tables import GFP_T_BITS, Table, spans_with

MAX_LENGTH = 1000  # characters of an expression (our choice)
MAX_DEPTH = 50  # nested parentheses (our choice)
MAX_SHOWN = 60  # characters of the input that an error repeats (our choice)
EXAMPLE = "GFP_KERNEL & ~__GFP_DIRECT_RECLAIM"

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>[0-9][0-9A-Za-z_]*)|(?P<sign>[|^&~()]))"
)
_NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)(?=[uUlL]{0,3}$)")
_LOOSEST_FIRST = (("|", or_), ("^", xor), ("&", and_))


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int  # counted from 1, as people count


def parse(text: str, table: Table) -> int:
    """The mask that `text` stands for on the kernel of `table`.

    As in C, `~` turns over all bits; what is left of that at the end is cut to the bits that this
    kernel knows. Raises InputError for anything that is not a mask, with the place.
    """
    if len(text) > MAX_LENGTH:
        raise InputError(
            f"the expression is {len(text)} characters long; valid: at most {MAX_LENGTH}"
        )
    reader = _Reader(_tokens(text), table)
    if reader.next.kind == "end":
        raise InputError(f"the expression is empty; valid: for example {EXAMPLE}")
    mask = reader.binary(0)
    if reader.next.kind != "end":
        raise reader.unexpected("an operator (| ^ &) or the end")
    # Python's integers are endless: a mask that is negative still holds an open complement.
    return mask if mask >= 0 else mask & table.all_bits


def names_in(text: str) -> list[str]:
    """The names that `text` uses, each once, in the order of their first use. Raises InputError
    for a character that belongs to no expression."""
    return list(dict.fromkeys(token.text for token in _tokens(text) if token.kind == "name"))


def to_string(mask: int, table: Table) -> str:
    """`mask` in the manner of the kernel's `%pGg`: the longest named masks first, then flags, then
    the rest as one number, joined by `|`.

    An empty mask gives "0x0", where the kernel prints nothing. Raises InputError for a mask that
    does not fit gfp_t.
    """
    return "|".join(printed_names(check(mask), table)) or "0x0"


def printed_names(mask: int, table: Table) -> list[str]:
    """The parts of which the kernel of `table` prints `mask`: names, and the rest as a number."""
    parts = []
    for name, value in table.printed():
        if mask & value == value:
            parts.append(name)
            mask &= ~value
    if mask:
        parts.append(f"{mask:#x}")
    return parts


def check(mask: int) -> int:
    """`mask` itself. Raises InputError unless it fits gfp_t."""
    if not 0 <= mask < 1 << GFP_T_BITS:
        raise InputError(f"{mask:#x} is not a GFP mask; valid: 0x0 to {(1 << GFP_T_BITS) - 1:#x}")
    return mask


class _Reader:
    """Recursive descent over the tokens; an operand binds tighter than any operator."""

    def __init__(self, tokens: list[_Token], table: Table) -> None:
        self._tokens = tokens
        self._table = table
        self._position = 0
        self._depth = 0

    @property
    def next(self) -> _Token:
        return self._tokens[self._position]

    def binary(self, level: int) -> int:
        if level == len(_LOOSEST_FIRST):
            return self._operand()
        sign, combine = _LOOSEST_FIRST[level]
        operands = [self.binary(level + 1)]
        while self._accept(sign):
            operands.append(self.binary(level + 1))
        return reduce(combine, operands)

    def _operand(self) -> int:
        complement = False
        while self._accept("~"):
            complement = not complement
        mask = self._plain_operand()
        return ~mask if complement else mask

    def _plain_operand(self) -> int:
        token = self.next
        if self._accept("("):
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise InputError(
                    f"parentheses at character {token.at} are nested too deeply; valid: at most "
                    f"{MAX_DEPTH} levels"
                )
            mask = self.binary(0)
            if not self._accept(")"):
                raise self.unexpected(f"the ) that closes the ( at character {token.at}")
            self._depth -= 1
            return mask
        if token.kind not in ("name", "number"):
            raise self.unexpected("a name, a number, ~ or (")
        self._position += 1
        return _number(token) if token.kind == "number" else _named(token, self._table)

    def _accept(self, sign: str) -> bool:
        found = self.next.kind == "sign" and self.next.text == sign
        self._position += found
        return found

    def unexpected(self, wanted: str) -> InputError:
        token = self.next
        found = "the expression ends" if token.kind == "end" else f"there is {_shown(token.text)}"
        return InputError(f"at character {token.at} {found}; valid there: {wanted}")


def _tokens(text: str) -> list[_Token]:
    tokens = []
    at = 0
    while match := _TOKEN.match(text, at):
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    rest = text[at:].lstrip()
    end = len(text) - len(rest) + 1
    if rest:
        raise InputError(
            f"at character {end} there is {rest[0]!a}; valid: names, numbers, | ^ & ~ ( )"
        )
    return [*tokens, _Token("end", "", end)]


def _number(token: _Token) -> int:
    match = _NUMBER.match(token.text)
    if not match:
        raise InputError(
            f"{_shown(token.text)} at character {token.at} is not a C integer; valid: for example "
            f"0x40, 64, 0100"
        )
    digits = match[0]
    octal = digits[0] == "0" and digits[1:].isdigit()
    value = int(digits, 8) if octal else int(digits, 0)
    if value >> GFP_T_BITS:
        raise InputError(
            f"{_shown(token.text)} at character {token.at} does not fit a GFP mask; valid: at most "
            f"{(1 << GFP_T_BITS) - 1:#x}"
        )
    return value


def _named(token: _Token, table: Table) -> int:
    name = token.text
    if name in table.names:
        return table.names[name]
    where = f"{_shown(name)} at character {token.at}"
    if elsewhere := spans_with(name):
        now = RENAMED.get(name)
        hint = f" (there: {now})" if now in table.names else ""
        raise InputError(
            f"{where} does not exist in Linux {table.version}{hint}; it does in "
            f"{', '.join(elsewhere)}"
        )
    raise InputError(
        f"unknown name {where}; nearest name in Linux {table.version}: {_nearest(name, table)}"
    )


def _nearest(name: str, table: Table) -> str:
    """The valid name that looks most like `name`; a missing prefix or wrong case counts least."""
    capital = name.upper()
    bare = capital.removeprefix("__").removeprefix("GFP_")
    for candidate in (f"__GFP_{bare}", f"GFP_{bare}"):
        if candidate in table.names:
            return candidate
    from difflib import get_close_matches

    return get_close_matches(capital, table.names, n=1, cutoff=0.0)[0]


def _shown(text: str) -> str:
    return repr(text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…")
