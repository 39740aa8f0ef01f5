"""Faults made by rule: every small change to a source that a slip of the hand could have made.

A mutant is one edit of the text, so that all else stays as it was written. Left alone are words for
people (docstrings, messages of errors), annotations, imports and declarations of what is public.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

SWAPPED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.FloorDiv: ("//", "*"),
    ast.Div: ("/", "*"),
    ast.Mod: ("%", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}
"""An operator, how it is written, and what is written in its place."""

RENAMED = {"min": "max", "max": "min", "any": "all", "all": "any", "True": "False", "False": "True"}
"""A name, and what is written in its place."""

IN_ANY_ORDER = ("min", "max", "isinstance", "zip")
"""Calls in which two arguments that change places are no fault, or one that every run meets."""


@dataclass(frozen=True)
class Mutant:
    """One edit of `file` (below oomlab/): the characters from `start` to `end` become `after`."""

    file: str
    where: str
    line: int
    kind: str
    context: str
    before: str
    after: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """File, function, edit and line of text: where that line stands is no part of it."""
        edit = f"{_flat(self.before)} -> {_flat(self.after)}"
        return f"{self.file} {self.where}: {edit} in: {self.context}"

    def of(self, source: str) -> str:
        """The source with the fault in it."""
        return source[: self.start] + self.after + source[self.end :]

    def is_python(self, source: str) -> bool:
        """Can the source be read with the fault in it?"""
        try:
            compile(self.of(source), self.file, "exec")
        except SyntaxError:
            return False
        return True


def _flat(text: str) -> str:
    return " ".join(text.split())


def mutants(file: str, source: str) -> list[Mutant]:
    """All edits of a source, each once."""
    maker = _Maker(file, source)
    maker.visit(ast.parse(source))
    return list(dict.fromkeys(maker.found))


class _Maker(ast.NodeVisitor):
    """Goes through a tree and notes an edit for whatever can be another way."""

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.source = source
        self.found: list[Mutant] = []
        self.where = ["module"]
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._rows = source.splitlines()

    def _place(self, row: int, column: int) -> int:
        """The character at which a position of the tree is: its columns count bytes."""
        return self._lines[row - 1] + len(self._rows[row - 1].encode()[:column].decode())

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._place(node.lineno, node.col_offset)
        return start, self._place(node.end_lineno, node.end_col_offset)

    def _text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self._span(node)
        return self.source[start:end]

    def _edit(self, kind: str, node: ast.expr | ast.stmt, after: str) -> None:
        self._replace(kind, node.lineno, *self._span(node), after)

    def _replace(self, kind: str, line: int, start: int, end: int, after: str) -> None:
        where = ".".join(self.where[1:]) or self.where[0]
        before = self.source[start:end]
        context = self._rows[line - 1].strip()
        self.found.append(Mutant(self.file, where, line, kind, context, before, after, start, end))

    def _between(self, left: ast.expr, right: ast.expr, operator: ast.AST) -> None:
        """The operator that stands between two operands becomes another."""
        if type(operator) in SWAPPED:
            before, after = SWAPPED[type(operator)]
            (start, _), (_, end) = self._span(left), self._span(right)
            gap = self.source[self._span(left)[1] : self._span(right)[0]]
            text = self._text(left) + gap.replace(before, after, 1) + self._text(right)
            self._replace("operator", left.lineno, start, end, text)

    def _condition(self, node: ast.expr) -> None:
        self._edit("condition", node, f"not ({self._text(node)})")

    # What is one of many names

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.where.append(node.name)
        for each in node.body:
            self.visit(each)
        self.where.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.where.append(node.name)
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        for each in node.body:
            self.visit(each)
        self.where.pop()

    # Statements

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):  # a docstring
            return
        gone = "yield from ()" if isinstance(node.value, ast.Yield | ast.YieldFrom) else "pass"
        self._edit("statement", node, gone)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            return
        if len(self.where) > 1 and not isinstance(node.value, ast.Constant):
            self._edit("value", node.value, "None")
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._edit("statement", node, "pass")
        self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        if self._text(node.test) == "TYPE_CHECKING":
            return
        self._condition(node.test)
        if not node.orelse:
            self._edit("statement", node.test, "False")
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        if not isinstance(node.test, ast.Constant):
            self._condition(node.test)
            self.visit(node.test)
        for each in (*node.body, *node.orelse):
            self.visit(each)

    def visit_For(self, node: ast.For) -> None:
        self._edit("loop", node.iter, f"list({self._text(node.iter)})[:-1]")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not isinstance(node.value, ast.Constant):
            self._edit("value", node.value, "None")
        self.generic_visit(node)

    def visit_Break(self, node: ast.Break) -> None:
        self._edit("loop", node, "pass")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._edit("loop", node, "break")

    def visit_Raise(self, node: ast.Raise) -> None:
        """Its message is for people; that it is raised, the condition before it says."""

    # Expressions

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for left, right, operator in zip(operands, operands[1:], node.ops, strict=False):
            self._between(left, right, operator)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._between(node.left, node.right, node.op)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        if len(node.values) == 2:
            self._between(node.values[0], node.values[1], node.op)
        for value in node.values:
            self._edit("condition", value, "True" if isinstance(node.op, ast.And) else "False")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not | ast.USub):
            self._edit("condition", node, self._text(node.operand))
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._edit("condition", test, "True")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        starred = any(isinstance(given, ast.Starred) for given in node.args)
        if len(node.args) == 2 and not starred and self._text(node.func) not in IN_ANY_ORDER:
            first, second = node.args
            (start, _), (_, end) = self._span(first), self._span(second)
            swapped = f"{self._text(second)}, {self._text(first)}"
            self._replace("arguments", node.lineno, start, end, swapped)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in RENAMED and isinstance(node.ctx, ast.Load):
            self._edit("name", node, RENAMED[node.id])

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._edit("name", node, RENAMED[str(node.value)])
        elif isinstance(node.value, int | float):
            self._edit("number", node, f"{node.value + 1}")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Words for people."""
