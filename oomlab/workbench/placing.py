"""Tells every word of a text by which line it is called, and counts what could go on for ever."""

from __future__ import annotations

import ast

from oomlab.workbench.language import VERBS


def with_places(tree: ast.Module, part: str) -> ast.Module:
    """A checked text, with what its words have to be told when they are called: who calls them and
    from which line. Reckoning goes through a word as well, since numbers must stay small."""
    placed: ast.Module = _Placing(part).visit(tree)
    return placed


class _Placing(ast.NodeTransformer):
    def __init__(self, part: str) -> None:
        self._part = part

    def _where(self, node: ast.stmt | ast.expr) -> ast.expr:
        line = ast.Constant((self._part, node.lineno))  # type: ignore[arg-type]  # a tuple is one
        return ast.copy_location(line, node)

    def _call(self, node: ast.stmt | ast.expr, name: str, *given: ast.expr) -> ast.Call:
        called = ast.Call(ast.Name(name, ast.Load()), [self._where(node), *given], [])
        return ast.fix_missing_locations(ast.copy_location(called, node))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.args.args.insert(0, ast.copy_location(ast.arg("current"), node))
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        if node.func.id in VERBS:
            node.args.insert(0, self._where(node))
        if getattr(VERBS.get(node.func.id), "how", "routine") == "routine":
            current = ast.Name("current", ast.Load())
            node.args.insert(0, ast.copy_location(current, node))
        return node

    def visit_While(self, node: ast.While) -> ast.While:
        self.generic_visit(node)
        count = ast.copy_location(ast.Expr(self._call(node, "_count")), node)
        node.body.insert(0, count)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        kind = ast.copy_location(ast.Constant(type(node.op).__name__), node)
        return self._call(node, "_number", kind, node.left, node.right)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not):
            return node
        kind = ast.copy_location(ast.Constant(type(node.op).__name__), node)
        return self._call(node, "_number", kind, node.operand, node.operand)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.Assign:
        assert isinstance(node.target, ast.Name)
        left = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
        value = self.visit(ast.copy_location(ast.BinOp(left, node.op, node.value), node))
        return ast.copy_location(ast.Assign([node.target], value), node)
