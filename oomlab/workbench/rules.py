"""What a text on the bench may say: which nodes of Python, and what stands outside its routines."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from oomlab.errors import shown
from oomlab.workbench.errors import BenchError
from oomlab.workbench.language import NUMBERS, VERBS, ArgumentKind, Verb, fits, needs
from oomlab.workbench.rules_of_routines import RoutineRules

DEEPEST = 40
"""How deep a text may nest (our choice)."""

_ALLOWED = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign),
    *(
        ast.Expr,
        ast.Yield,
        ast.YieldFrom,
        ast.Call,
        ast.keyword,
        ast.Name,
        ast.Load,
        ast.Store,
        ast.Constant,
    ),
    *(ast.If, ast.While, ast.Break, ast.Continue, ast.Pass, ast.Compare, ast.BoolOp, ast.And),
    *(ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.Invert, ast.BinOp, ast.Add, ast.Sub, ast.Mult),
    *(ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr, ast.BitXor, ast.Eq, ast.NotEq, ast.Lt),
    *(ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.IfExp),
)

_REFUSED: dict[type[ast.AST], str] = {
    ast.Import: "nothing can be imported here; all there is can be named at once",
    ast.ImportFrom: "nothing can be imported here; all there is can be named at once",
    ast.Attribute: "a dot is not understood here; call a word by its name alone",
    ast.Subscript: "square brackets are not understood here",
    ast.ClassDef: "there are no classes here; write routines with def",
    ast.Lambda: "there is no lambda here; write a routine with def",
    ast.Try: "there is no try here: a step of the model does not fail",
    ast.With: "there is no with here; take and let go of a lock by two steps",
    ast.For: "there is no for here; count with while",
    ast.Global: "a routine cannot set what others see; declare a word(...) and write to it",
    ast.JoinedStr: "a text is taken as it is; write it without the f",
}


class TextRules:
    """Goes through a text once and refuses what it may not say."""

    def __init__(
        self,
        part: str,
        entries: Mapping[str, int],
        known: Mapping[str, ArgumentKind],
        elsewhere: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.part, self.entries, self.known, self.elsewhere = part, entries, known, elsewhere
        self.declared: dict[str, ArgumentKind] = {}
        self.routines: dict[str, tuple[str, ...]] = {}
        self.lines: dict[str, int] = {}
        self.calls: dict[str, set[str]] = {}
        self.polled: set[str] = set()

    def refuse(self, node: ast.AST, message: str) -> BenchError:
        """What is wrong with a node, at its line."""
        return BenchError(self.part, getattr(node, "lineno", 1), message)

    def check(self, tree: ast.Module) -> None:
        """Raises BenchError for the first thing that may not be said."""
        for node, depth in _walk(tree):
            if depth > DEEPEST:
                raise self.refuse(node, f"this is nested more than {DEEPEST} deep")
            if not isinstance(node, _ALLOWED):
                fallback = f"{type(node).__name__} is not understood here"
                raise self.refuse(node, _REFUSED.get(type(node), fallback))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self._announce(node)
        for node in tree.body:
            self._top(node)
        for name, arguments in self.entries.items():
            if name in self.routines and len(self.routines[name]) != arguments:
                how = "takes `freed` alone" if arguments else "takes no argument"
                raise BenchError(self.part, self.lines[name], f"`{name}` {how}")
        if not any(name in self.routines for name in self.entries):
            wanted = " or ".join(f"`def {name}`" for name in self.entries)
            raise BenchError(
                self.part, 1, f"the {self.part} has no routine to begin with: {wanted}"
            )
        for name in self.routines:
            self._no_circle(name, (name,))

    def _announce(self, node: ast.FunctionDef) -> None:
        taken = node.args
        if taken.posonlyargs or taken.kwonlyargs or taken.vararg or taken.kwarg or taken.defaults:
            raise self.refuse(node, f"`{node.name}` may have plain arguments only")
        if node.decorator_list or node.returns or any(one.annotation for one in taken.args):
            raise self.refuse(node, f"`{node.name}` may have no decorator and no type")
        names = tuple(one.arg for one in taken.args)
        for name in (node.name, *names):
            self.fresh(node, name)
        self.routines[node.name] = names
        self.lines[node.name] = node.lineno
        self.calls[node.name] = set()

    def fresh(self, node: ast.AST, name: str) -> None:
        """Refuses a name that has a meaning already."""
        if name.startswith("_") or name == "current":
            raise self.refuse(node, f"the name {shown(name)} is kept for the model; take another")
        if name in VERBS or name in NUMBERS:
            raise self.refuse(node, f"{shown(name)} is a word of the bench; take another name")
        if any(name in one for one in (self.known, self.declared, self.routines, self.elsewhere)):
            raise self.refuse(node, f"there is something called {shown(name)} already")

    def _top(self, node: ast.stmt) -> None:
        """A statement outside all routines."""
        if isinstance(node, ast.FunctionDef):
            if not any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(node)):
                raise self.refuse(node, f"`{node.name}` has no step: no `yield` is in it")
            if any(isinstance(one, ast.FunctionDef) for one in ast.walk(node) if one is not node):
                raise self.refuse(node, f"`{node.name}` has a routine inside; write them in a row")
            RoutineRules(self, node).check()
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            self._declare(node, node.value)
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            raise self.refuse(
                node, "outside a routine only declarations stand, such as `lock = mutex()`"
            )

    def _declare(self, node: ast.Assign, call: ast.Call) -> None:
        verb = VERBS.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if verb is None or verb.how != "declares":
            valid = ", ".join(v.name for v in VERBS.values() if v.how == "declares")
            raise self.refuse(node, f"this declares nothing; valid: {valid}")
        (target, *more) = node.targets
        if more or not isinstance(target, ast.Name):
            raise self.refuse(node, "give what is declared one name")
        self.fresh(node, target.id)
        self.arguments(call, verb, {})
        if not all(isinstance(one, ast.Constant) for one in call.args):
            raise self.refuse(node, "only numbers and texts can be given here")
        self.declared[target.id] = verb.gives

    def arguments(
        self, call: ast.Call, verb: Verb, local: Mapping[str, ArgumentKind | None]
    ) -> None:
        """Are there as many as the verb takes, each of its kind, as far as that can be seen?"""
        if call.keywords:
            raise self.refuse(call, f"`{verb.name}` takes its arguments without names")
        least, most = len(verb.takes) - verb.optional, len(verb.takes)
        if not least <= len(call.args) <= most:
            wants = f"{most}" if least == most else f"{least} to {most}"
            raise self.refuse(
                call, f"`{verb.name}` takes {wants} argument(s): you gave it {len(call.args)}"
            )
        for given, kind in zip(call.args, verb.takes, strict=False):
            found = self.kind_of(given, local)
            if found is not None and not fits(found, kind):
                raise self.refuse(call, needs(verb.name, kind, found))

    def kind_of(
        self, node: ast.expr, local: Mapping[str, ArgumentKind | None]
    ) -> ArgumentKind | None:
        """What an expression is; None if that is known only when it runs."""
        if isinstance(node, ast.Name):
            if node.id in local:
                return local[node.id]
            return self.declared.get(node.id) or self.known.get(node.id)
        if isinstance(node, ast.Constant):
            return "text" if isinstance(node.value, str) else "number"
        return "number" if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare) else None

    def _no_circle(self, name: str, path: tuple[str, ...]) -> None:
        for called in self.calls[name] & self.routines.keys():
            if called in path:
                raise BenchError(
                    self.part, self.lines[called], f"`{called}` calls itself; use while instead"
                )
            self._no_circle(called, (*path, called))


def _walk(tree: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    stack = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        stack += [(below, depth + 1) for below in ast.iter_child_nodes(node)]
