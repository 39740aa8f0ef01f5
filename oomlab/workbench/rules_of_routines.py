"""What the routines of a text may say: names that there are, and steps that are taken."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from oomlab.errors import close_to, shown
from oomlab.workbench.errors import BenchError
from oomlab.workbench.language import CHAIN_ONLY, LARGEST, NUMBERS, VERBS, ArgumentKind, Verb

if TYPE_CHECKING:
    from oomlab.workbench.rules import TextRules


class RoutineRules:
    """The body of one routine."""

    def __init__(self, reader: TextRules, node: ast.FunctionDef) -> None:
        self.reader, self.node = reader, node
        self.local: dict[str, ArgumentKind | None] = dict.fromkeys(reader.routines[node.name])
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                if one.id not in self.local:
                    reader.fresh(one, one.id)
                self.local[one.id] = None

    def check(self) -> None:
        """Raises BenchError for the first thing that may not be said."""
        allowed = set()
        for one in ast.walk(self.node):
            if isinstance(one, ast.Yield | ast.YieldFrom):
                allowed.add(self._step(one))
            elif isinstance(one, ast.Call) and one not in allowed:
                self._loose(one)
            elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load):
                self._name(one)
            elif isinstance(one, ast.Constant):
                self._constant(one)

    def _step(self, node: ast.Yield | ast.YieldFrom) -> ast.Call:
        reader, call = self.reader, node.value
        word = "yield from" if isinstance(node, ast.YieldFrom) else "yield"
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            raise reader.refuse(node, f"behind `{word}` stands the call of a word or a routine")
        name = call.func.id
        routines = {**reader.elsewhere, **reader.routines}
        if name in routines:
            if isinstance(node, ast.Yield):
                raise reader.refuse(node, f"`{name}` is a routine: write `yield from {name}(...)`")
            wanted = len(routines[name])
            if call.keywords or len(call.args) != wanted:
                raise reader.refuse(
                    call, f"`{name}` takes {wanted} argument(s): you gave it {len(call.args)}"
                )
        else:
            verb = self._verb(call, name)
            if verb.how == "declares":
                raise reader.refuse(node, f"`{name}` declares something; that stands outside")
            if verb.behind.strip() != word:
                raise reader.refuse(node, f"write `{verb.behind}{name}(...)`")
            reader.arguments(call, verb, self.local)
            if name.endswith("trylock") and isinstance(call.args[0], ast.Name):
                reader.polled.add(call.args[0].id)
        reader.calls[self.node.name].add(name)
        return call

    def _verb(self, call: ast.Call, name: str) -> Verb:
        verb = VERBS.get(name)
        if verb is None or (name in CHAIN_ONLY and self.reader.part != "remedy"):
            raise self._unknown(call, name, [*VERBS, *self.reader.routines, *self.reader.elsewhere])
        return verb

    def _unknown(self, node: ast.AST, name: str, choices: list[str]) -> BenchError:
        near = close_to(name, choices)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        return self.reader.refuse(node, f"nothing here is called {shown(name)}{hint}")

    def _loose(self, call: ast.Call) -> None:
        if not isinstance(call.func, ast.Name):
            raise self.reader.refuse(call, "only words and routines can be called")
        name = call.func.id
        reader = self.reader
        ours = name in reader.routines or name in reader.elsewhere
        behind = "yield from " if ours else self._verb(call, name).behind
        raise self.reader.refuse(
            call, f"`{name}` does nothing unless it is a step: write `{behind}{name}(...)`"
        )

    def _name(self, node: ast.Name) -> None:
        reader = self.reader
        routines = {**reader.elsewhere, **reader.routines}
        known = (self.local, reader.declared, reader.known, NUMBERS, routines, VERBS)
        if not any(node.id in names for names in known):
            choices = [*self.local, *reader.declared, *reader.known, *NUMBERS]
            raise self._unknown(node, node.id, choices)

    def _constant(self, node: ast.Constant) -> None:
        value = node.value
        if not isinstance(value, int | str | None) or (
            isinstance(value, int) and abs(value) > LARGEST
        ):
            raise self.reader.refuse(
                node, "there are whole numbers, texts, True, False and None only"
            )
