"""What a text of the bench declares and reckons with, as C."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from oomlab.workbench.reading import ReadText

_SIGNS = {
    "Add": "+",
    "Sub": "-",
    "Mult": "*",
    "FloorDiv": "/",
    "Mod": "%",
    "BitAnd": "&",
    "BitOr": "|",
    "BitXor": "^",
    "Eq": "==",
    "NotEq": "!=",
    "Lt": "<",
    "LtE": "<=",
    "Gt": ">",
    "GtE": ">=",
    "Is": "==",
    "IsNot": "!=",
    "And": "&&",
    "Or": "||",
    "Not": "!",
    "USub": "-",
    "Invert": "~",
}

_CALLS = {
    "sleep": "schedule_timeout_uninterruptible({})",
    "io": "usleep_range({})",
    "alloc_page": "!!(page = alloc_page({}))",
    "kmalloc": "!!(object = kmalloc(sizeof(*object), {}))",
    "virtqueue_add_outbuf": "virtqueue_add_outbuf(vq, sg, {}, data, {})",
    "free_page": "__free_page(page)",
    "lend_page": "list_add(&page->lru, &{})",
    "add_freed": "*(unsigned long *){} += {}",
    "wait_event": "wait_event({}, {} == {})",
    "wait_event_timeout": "wait_event_timeout({}, {} == {}, {})",
    "wait_for": "wait_var_event(&{}, {} == {})",
    "wake": "wake_up(&{})",
    "call_chain": "call_chain(&oom_notify_list)",
    "choose": "one_of({})",
}
"""Those that do not stand in C as they are with an & before what they are given."""

_ATOMIC = {"read": "atomic_read(&{})", "write": "atomic_set(&{}, {})"}
_PLAIN = {"read": "READ_ONCE({})", "write": "WRITE_ONCE({}, {})"}
_CHANGED = {"swap": "atomic_xchg(&{}, {})", "add": "atomic_add_return({1}, &{0})"}

_HELD = {"alloc_page": "struct page *page;", "kmalloc": "void *object;"}
"""What a routine needs that calls them."""


@dataclass(frozen=True)
class CWords:
    """What is known of all texts of a bench: which locks are spun on, and which variables are added
    to or swapped, so that they are atomic; and the routines of the reader's own."""

    spun: frozenset[str]
    atomic: frozenset[str]
    routines: frozenset[str]

    @classmethod
    def of(cls, readings: Iterable[ReadText], trees: Iterable[ast.Module]) -> CWords:
        """Looks through the texts, which were read and parsed."""
        spun, atomic = set(), set()
        for name, args in (call for tree in trees for call in _calls(tree)):
            if args and isinstance(args[0], ast.Name):
                if name in ("spin_lock", "spin_unlock"):
                    spun.add(args[0].id)
                elif name in _CHANGED:
                    atomic.add(args[0].id)
        return cls(
            frozenset(spun),
            frozenset(atomic),
            frozenset(name for one in readings for name in one.routines),
        )

    def declaration(self, node: ast.Assign) -> str:
        """A line that declares something."""
        (target,) = node.targets
        assert isinstance(target, ast.Name) and isinstance(node.value, ast.Call)
        assert isinstance(node.value.func, ast.Name)
        name, given = target.id, [self.expression(one) for one in node.value.args]
        match node.value.func.id:
            case "mutex":
                kind = "SPINLOCK" if name in self.spun else "MUTEX"
                return f"static DEFINE_{kind}({name});"
            case "rwsem":
                return f"static DECLARE_RWSEM({name});"
            case "queue":
                return f"static DECLARE_WAIT_QUEUE_HEAD({name});"
            case "word":
                first = given[0] if given else "0"
                if name in self.atomic:
                    return f"static atomic_t {name} = ATOMIC_INIT({first});"
                return f"static long {name} = {first};" if given else f"static long {name};"
        pages = given[0] if given else "1"
        return f"static LIST_HEAD({name});\t/* has {pages} page{'' if pages == '1' else 's'} */"

    def locals_of(self, node: ast.FunctionDef) -> list[str]:
        """The declarations that a routine begins with."""
        called = {name for name, _ in _calls(node)}
        names = dict.fromkeys(
            one.id
            for one in ast.walk(node)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        )
        given = {one.arg for one in node.args.args}
        numbers = [name for name in names if name not in given]
        return [line for name, line in _HELD.items() if name in called] + (
            [f"long {', '.join(numbers)};"] if numbers else []
        )

    def sign(self, op: ast.operator | ast.cmpop | ast.boolop | ast.unaryop) -> str:
        """An operator."""
        return _SIGNS[type(op).__name__]

    def expression(self, node: ast.expr, inside: bool = False) -> str:
        """An expression; `inside` another one it may need brackets."""
        match node:
            case ast.Constant(value=value):
                if value is None:
                    return "NULL"
                return str(int(value)) if isinstance(value, int) else json.dumps(value)
            case ast.Name(id=name):
                return name
            case ast.Yield(value=ast.Call() as call) | ast.YieldFrom(value=ast.Call() as call):
                return self._call(call)
            case ast.UnaryOp(op=op, operand=operand):
                return f"{self.sign(op)}{self.expression(operand, True)}"
            case ast.BinOp(left=left, op=op, right=right):
                chain = isinstance(left, ast.BinOp) and type(left.op) is type(op)
                sides = self.expression(left, not chain), self.expression(right, True)
                text = f"{sides[0]} {self.sign(op)} {sides[1]}"
            case ast.BoolOp(op=op, values=values):
                text = f" {self.sign(op)} ".join(self.expression(one, True) for one in values)
            case ast.Compare(left=left, ops=ops, comparators=others):
                last, parts = left, []
                for how, other in zip(ops, others, strict=True):
                    sides = self.expression(last, True), self.expression(other, True)
                    parts.append(f"{sides[0]} {self.sign(how)} {sides[1]}")
                    last = other
                text = " && ".join(parts)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                text = " ".join(
                    (
                        *(self.expression(test, True), "?", self.expression(body, True)),
                        *(":", self.expression(orelse, True)),
                    )
                )
            case _:
                return ast.unparse(node)
        return f"({text})" if inside else text

    def _call(self, call: ast.Call) -> str:
        assert isinstance(call.func, ast.Name)
        name, given = call.func.id, [self.expression(one) for one in call.args]
        if name in self.routines:
            return f"{name}({', '.join(given)})"
        if name == "log":
            return f'pr_info({given[0][:-1]}\\n")' if given[0].endswith('"') else "pr_info(...)"
        if name in ("read", "write"):
            forms = _ATOMIC if given[0] in self.atomic else _PLAIN
            return forms[name].format(*given)
        if name in _CHANGED:
            return _CHANGED[name].format(*given)
        if name in ("sleep", "io", "choose"):
            return _CALLS[name].format(", ".join(given[:2] if name == "io" else given[:1]))
        if name in ("wait_event", "wait_event_timeout"):
            given[1] = self._value(given[1])
        if name == "wait_for":
            given.insert(1, self._value(given[0]))
        if name in _CALLS:
            return _CALLS[name].format(*given)
        return f"{name}({', '.join([f'&{given[0]}', *given[1:]])})"

    def _value(self, name: str) -> str:
        return (_ATOMIC if name in self.atomic else _PLAIN)["read"].format(name)


def _calls(tree: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node.args
