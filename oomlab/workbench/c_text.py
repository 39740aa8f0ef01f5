"""A text of the bench as the C that it stands for, in the manner of the kernel.

It is there to be read beside the text: whoever knows the driver sees at once whether the text says
what the driver does. Lines like `give_back` have no single function in the kernel.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable

from oomlab.workbench.c_expressions import CWords
from oomlab.workbench.reading import ReadText

_HEADS = {
    "callback": "int callback(struct notifier_block *self, unsigned long dummy, void *freed)",
    "ioctl": "long ioctl(struct file *file, unsigned int cmd, unsigned long arg)",
    "holder": "int holder(void *data)",
    "thread": "int thread(void *data)",
}
_ENDS = {"callback": "NOTIFY_OK", "ioctl": "0", "holder": "0", "thread": "0"}
_ABOUT = {"device": "/* what the device does, which is no code of the kernel */"}


def c_of(readings: Iterable[ReadText]) -> dict[str, str]:
    """The texts as C, by part; `readings` are those of one bench, since what one of them does says
    what another has declared."""
    readings = list(readings)
    trees = {one.part: ast.parse(one.text) for one in readings}
    words = CWords.of(readings, trees.values())
    return {one.part: _text(trees[one.part], words) for one in readings}


def _text(tree: ast.Module, words: CWords) -> str:
    declared = [words.declaration(node) for node in tree.body if isinstance(node, ast.Assign)]
    bodies = [_routine(node, words) for node in _ordered(tree)]
    return "\n\n".join(["\n".join(declared), *bodies] if declared else bodies) + "\n"


def _ordered(tree: ast.Module) -> list[ast.FunctionDef]:
    """The routines, each behind those that it calls: C wants it so."""
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    placed: dict[str, ast.FunctionDef] = {}

    def place(name: str) -> None:
        for node in ast.walk(found[name]):
            called = getattr(getattr(node, "func", None), "id", "")
            if called in found and called not in placed:
                place(called)
        placed[name] = found[name]

    for name in found:
        if name not in placed:
            place(name)
    return list(placed.values())


def _routine(node: ast.FunctionDef, words: CWords) -> str:
    gives = any(isinstance(one, ast.Return) and one.value is not None for one in ast.walk(node))
    head = _HEADS.get(node.name)
    if head is None:
        given = ", ".join(f"long {one.arg}" for one in node.args.args) or "void"
        head = f"{'long' if gives else 'void'} {node.name}({given})"
    end = _ENDS.get(node.name, "")
    lines = [*([_ABOUT[node.name]] if node.name in _ABOUT else []), f"static {head}", "{"]
    if needed := words.locals_of(node):
        lines += [*(f"\t{line}" for line in needed), ""]
    lines += _block(node.body, words, end)
    if end and not _never_ends(node.body[-1]):
        lines.append(f"\treturn {end};")
    return "\n".join([*lines, "}"])


def _never_ends(last: ast.stmt) -> bool:
    """Is nothing behind this statement ever reached?"""
    if isinstance(last, ast.While):
        always = isinstance(last.test, ast.Constant) and last.test.value is True
        return always and not any(isinstance(one, ast.Break) for one in ast.walk(last))
    return isinstance(last, ast.Return)


def _block(statements: Iterable[ast.stmt], words: CWords, end: str, deep: int = 1) -> list[str]:
    return [line for one in statements for line in _statement(one, words, end, deep)]


def _statement(node: ast.stmt, words: CWords, end: str, deep: int) -> list[str]:
    tabs = "\t" * deep
    match node:
        case ast.If():
            return _branches(node, words, end, deep)
        case ast.While(test=test, body=body):
            always = isinstance(test, ast.Constant) and test.value is True
            head = "for (;;)" if always else f"while ({words.expression(test)})"
            return [f"{tabs}{head} {{", *_block(body, words, end, deep + 1), f"{tabs}}}"]
        case ast.Return(value=value):
            said = f" {words.expression(value)}" if value is not None else f" {end}" if end else ""
            return [f"{tabs}return{said};"]
        case ast.Break():
            return [f"{tabs}break;"]
        case ast.Continue():
            return [f"{tabs}continue;"]
        case ast.Pass():
            return [f"{tabs};"]
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [f"{tabs}{name} = {words.expression(value)};"]
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            sign = words.sign(node.op)
            return [f"{tabs}{name} {sign}= {words.expression(value)};"]
        case ast.Expr(value=ast.Constant(value=str(said))):
            return [f"{tabs}/* {json.dumps(said)[1:-1].replace('*/', '* /')} */"]
        case ast.Expr(value=value):
            return [f"{tabs}{words.expression(value)};"]
    return [f"{tabs}/* {ast.unparse(node)} */"]


def _branches(node: ast.If, words: CWords, end: str, deep: int) -> list[str]:
    tabs = "\t" * deep
    lines = [
        f"{tabs}if ({words.expression(node.test)}) {{",
        *_block(node.body, words, end, deep + 1),
    ]
    match node.orelse:
        case [] if len(lines) == 2:
            return [lines[0].removesuffix(" {"), lines[1]]
        case []:
            return [*lines, f"{tabs}}}"]
        case [ast.If() as other]:
            first, *rest = _branches(other, words, end, deep)
            return [*lines, f"{tabs}}} else {first.strip()}", *rest]
    return [*lines, f"{tabs}}} else {{", *_block(node.orelse, words, end, deep + 1), f"{tabs}}}"]
