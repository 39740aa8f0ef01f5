"""The part of Python that a routine may be made of, and what is said of all the rest.

Everything that is left out is left out for one of two reasons: an engine could not tell where the
routine stands (see `engine/routines.py`), or it could do something else than steps of the model.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterator

from oomlab.course.steps import STEPS

ALLOWED = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign,
    ast.AnnAssign, ast.For, ast.While, ast.If, ast.Expr, ast.Pass, ast.Break, ast.Continue,
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.keyword, ast.Constant,
    ast.Name, ast.Tuple, ast.List, ast.Subscript, ast.Starred, ast.Yield, ast.YieldFrom,
    ast.Attribute, ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.expr_context,
    ast.GeneratorExp, ast.ListComp, ast.comprehension, ast.alias, ast.withitem, ast.excepthandler,
)  # fmt: skip

PLAIN_TOO = (
    ast.Dict, ast.Set, ast.DictComp, ast.SetComp, ast.Slice, ast.Lambda, ast.Delete, ast.Del,
)  # fmt: skip
"""Also allowed in a function that takes no steps: no engine need tell where it stands."""

METHODS = frozenset(
    (
        *("add", "append", "clear", "copy", "count", "difference", "discard", "get", "index"),
        *("insert", "intersection", "issubset", "issuperset", "items", "keys", "pop", "remove"),
        *("reverse", "setdefault", "sort", "union", "update", "values"),
    )
)
"""What may stand behind a dot there: methods of lists, dictionaries and sets."""

ROUTINES = frozenset(("wait_event", "wait_event_timeout", "alloc_page", "walk"))
"""What is given and takes several steps: it is called with `yield from`."""

WORDS: dict[type[ast.AST], str] = {
    ast.Import: "imports something; a routine has its steps and its variables, and nothing else",
    ast.ImportFrom: "imports something; a routine has its steps and its variables, and no more",
    ast.Try: "has a `try`; the model has no exceptions",
    ast.Raise: "raises an exception; the model has none",
    ast.With: "has a `with`; take the lock with a step, and let go of it with another",
    ast.Global: "has a `global`; what tasks share stands in the driver's parts",
    ast.Nonlocal: "has a `nonlocal`; what tasks share stands in the driver's parts",
    ast.Lambda: "has a `lambda`; write a function with `def`",
    ast.ClassDef: "has a class; a routine needs functions only",
    ast.Dict: "has a dictionary, which the engine cannot compare; keep a tuple",
    ast.Set: "has a set, which the engine cannot compare; keep a tuple",
    ast.JoinedStr: "has an f-string; a routine has nobody to talk to",
    ast.Await: "has an `await`; a step is a `yield`",
    ast.AsyncFunctionDef: "has an `async def`; a routine is a plain `def` with `yield` in it",
    ast.NamedExpr: "has a `:=`; give the result a name on a line of its own",
    ast.Delete: "has a `del`, which a routine does not need",
    ast.Assert: "has an `assert`; the model has no exceptions",
    ast.Match: "has a `match`; use `if`",
    ast.Slice: "takes a slice; a routine does not need one",
    ast.Pow: "has `**`; a routine does not need it",
    ast.LShift: "has `<<`; a routine does not need it",
}
"""What is said of a part of Python that is not allowed, behind the number of the line."""

CLOCKS = frozenset({"time", "datetime", "perf_counter", "monotonic", "sleep_ms"})
CHANCE = frozenset({"random", "randint", "choice", "shuffle", "secrets", "uuid"})

MOST_LETTERS = 20_000
"""A longer routine is not read (our choice)."""

MOST_DEEP = 40
"""Blocks and brackets within each other (our choice)."""


def faults(
    tree: ast.Module, known: Collection[str], parts: Collection[str], *, plain: bool = False
) -> Iterator[str]:
    """What is wrong with a routine, each as "line N ...", first line first.

    `known`: the names that it may use besides its own. `parts`: what may stand behind a dot.
    `plain`: it is a function that takes no steps.
    """
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and _stored(node)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    found = [
        (getattr(node, "lineno", 0), said)
        for node in ast.walk(tree)
        if not (plain and isinstance(node, PLAIN_TOO))
        for said in _said(node, own, known, parts)
    ]
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            found += [] if plain else _hidden(function)
    found += _not_taken(tree, known)
    for line, said in sorted(found):
        yield f"line {line} {said}" if line else said


def _not_taken(tree: ast.Module, known: Collection[str]) -> Iterator[tuple[int, str]]:
    """Steps that are named and not taken: as a line of their own, as the question of an `if`, or
    kept in a variable that no `yield` takes and no function gets.

    Where no step is taken at all, that is said.
    """
    if not _takes_steps(tree):
        return
    own = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    routines = {
        *(name for name in ROUTINES if name in known and name not in own),
        *(name for name, node in own.items() if _takes_steps(node)),
    }
    steps = {name for name in STEPS if name in known and name not in own} | routines
    given = [node.value for node in ast.walk(tree) if isinstance(node, ast.Yield | ast.YieldFrom)]
    handed = [each for node in ast.walk(tree) if isinstance(node, ast.Call) for each in node.args]
    taken = {each.id for each in [*given, *handed] if isinstance(each, ast.Name)}
    for node in ast.walk(tree):
        kept = isinstance(node, ast.Assign) and not _any_of(taken, node.targets)
        if isinstance(node, ast.Expr | ast.Assign) and (kept or isinstance(node, ast.Expr)):
            call = node.value
        elif isinstance(node, ast.If | ast.While | ast.IfExp):
            call = node.test
        else:
            continue
        while isinstance(call, ast.UnaryOp):
            call = call.operand
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in steps:
            how = "yield from" if call.func.id in routines else "yield"
            yield call.lineno, f"calls `{call.func.id}` without `{how}`: then nothing happens"


def _any_of(names: Collection[str], targets: Collection[ast.expr]) -> bool:
    return any(isinstance(target, ast.Name) and target.id in names for target in targets)


def _takes_steps(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(tree))


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _said(
    node: ast.AST, own: Collection[str], known: Collection[str], parts: Collection[str]
) -> Iterator[str]:
    if parts is METHODS and isinstance(node, ast.Yield | ast.YieldFrom):
        yield "has a `yield`; this one is a plain function"
    elif type(node) in WORDS:
        yield WORDS[type(node)]
    elif not isinstance(node, ALLOWED):
        yield f"has a {type(node).__name__}, which a routine does not need"
    elif isinstance(node, ast.Name):
        if node.id.startswith("__"):
            yield f"uses `{node.id}`, which is not for a routine"
        elif node.id not in own and node.id not in known:
            yield _unknown(node.id, known)
    elif isinstance(node, ast.Attribute):
        if node.attr not in parts or not (parts is METHODS or isinstance(node.value, ast.Name)):
            base = node.value.id if isinstance(node.value, ast.Name) else "..."
            if base in CLOCKS or node.attr in CLOCKS:
                yield _unknown("time", known)
            else:
                yield (
                    f"uses `{base}.{node.attr}`; behind a dot a routine may have: "
                    f"{', '.join(sorted(parts))}"
                )
        elif not isinstance(node.ctx, ast.Load):
            yield f"changes `{node.attr}` with `=`; what is shared is changed by a step (`yield`)"
    elif isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load):
        yield "unpacks with `*`; write + instead"
    elif (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Slice)
        and not isinstance(node.ctx, ast.Load)
    ):
        yield "changes a slice; change one entry after the other"
    elif isinstance(node, ast.FunctionDef):
        if node.decorator_list:
            yield "has a decorator, which a routine does not need"
        arguments = node.args
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
            yield "has starred arguments, which a routine does not need"
    elif isinstance(node, ast.arg) and node.arg.startswith("__"):
        yield f"uses `{node.arg}`, which is not for a routine"


def _unknown(name: str, known: Collection[str]) -> str:
    if name in CLOCKS:
        return (
            f"reads a clock (`{name}`); a routine has none, so that it can be run again. Let time"
            " pass with `yield sleep(jiffies)`"
        )
    if name in CHANCE:
        return (
            f"draws by chance (`{name}`); a routine does the same each time. The explorer tries"
            " everything that others may do"
        )
    return f"uses `{name}`, which a routine does not know; it knows: {', '.join(sorted(known))}"


def _yields(function: ast.AST) -> Iterator[ast.expr]:
    """The yields of a function itself, not of functions inside it."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.FunctionDef):
            continue
        if isinstance(child, ast.Yield | ast.YieldFrom):
            yield child
        yield from _yields(child)


def _hidden(function: ast.FunctionDef) -> list[tuple[int, str]]:
    """Where a position and variables would not say where the routine stands."""
    plain = {
        id(node.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return)
    }
    # A test alone leaves nothing half done either.
    for node in ast.walk(function):
        if isinstance(node, ast.If | ast.While):
            test = node.test
            if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
                test = test.operand
            plain.add(id(test))
    found = [
        (
            node.lineno,
            "has a `yield` inside a larger expression; give its result a name first, as in `x ="
            " yield ...`",
        )
        for node in _yields(function)
        if id(node) not in plain
    ]
    for node in ast.walk(function):
        if isinstance(node, ast.For) and any(_yields(node)) and not _over_range(node):
            found.append(
                (
                    node.lineno,
                    "has steps in a `for` over something else than range(...); write for i in"
                    " range(n), and take the i-th",
                )
            )
        if isinstance(node, ast.GeneratorExp | ast.ListComp) and any(_yields(node)):
            found.append((node.lineno, "has a `yield` inside a comprehension; write a loop"))
    return found


def _over_range(loop: ast.For) -> bool:
    over = loop.iter
    is_range = isinstance(over, ast.Call) and getattr(over.func, "id", "") == "range"
    return is_range and isinstance(loop.target, ast.Name)


def depth(tree: ast.AST) -> int:
    """How deep a tree is, without recursion."""
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return deepest


class WithLoops(ast.NodeTransformer):
    """Writes `many.extend(more)` of a plain function as a loop, whose rounds are counted."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """One line of its own; elsewhere `extend` is of no use."""
        match node.value:
            case ast.Call(
                ast.Attribute(ast.Name() | ast.Subscript() as many, "extend"), [more], []
            ):
                add = ast.Attribute(many, "append", ast.Load())
                line = ast.Expr(ast.Call(add, [ast.Name("_each", ast.Load())], []))
                loop = ast.For(ast.Name("_each", ast.Store()), more, [line], [])
                return ast.fix_missing_locations(ast.copy_location(loop, node))
        return node


class Counted(ast.NodeTransformer):
    """Puts a count into each loop and function, and a look at each step that is yielded."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A function counts when it is called."""
        self.generic_visit(node)
        node.body.insert(0, _call_line(node, "__count"))
        node.returns = None
        for argument in (*node.args.args, *node.args.posonlyargs):
            argument.annotation = None
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        """A loop counts in each round."""
        self.generic_visit(node)
        node.body.insert(0, _call_line(node, "__count"))
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        """As above."""
        self.generic_visit(node)
        node.body.insert(0, _call_line(node, "__count"))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """A type that stands beside a variable is of no use here."""
        self.generic_visit(node)
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        made = ast.Assign([node.target], node.value)
        return ast.copy_location(made, node)

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        """What is yielded must be a step."""
        self.generic_visit(node)
        value = node.value or ast.Constant(None)
        node.value = _call(node, "__step", value, ast.Constant(node.lineno))
        return node

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.AST:
        """What is run within must be a routine."""
        self.generic_visit(node)
        node.value = _call(node, "__within", node.value, ast.Constant(node.lineno))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """What could grow without end is counted out."""
        self.generic_visit(node)
        name = _GUARDED.get(type(node.op))
        return _call(node, name, node.left, node.right) if name else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """What comes back from a call is looked at."""
        self.generic_visit(node)
        return _call(node, "__made", node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """What is put together is looked at: things within things could grow without end."""
        self.generic_visit(node)
        return _call(node, "__made", node) if isinstance(node.ctx, ast.Load) else node

    def visit_List(self, node: ast.List) -> ast.AST:
        """As above."""
        self.generic_visit(node)
        return _call(node, "__made", node) if isinstance(node.ctx, ast.Load) else node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """What it goes over counts."""
        self.generic_visit(node)
        node.iter = _call(node.iter, "__over", node.iter)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """`x += y` is `x = x + y`."""
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        sum_ = ast.copy_location(ast.BinOp(read, node.op, node.value), node)
        made = ast.copy_location(ast.Assign([node.target], sum_), node)
        return self.visit(made)  # type: ignore[no-any-return]


_GUARDED: dict[type[ast.operator], str] = {
    ast.Mult: "__times",
    ast.Add: "__plus",
    ast.Mod: "__rest",
}


def _call(at: ast.AST, name: str, *arguments: ast.expr) -> ast.expr:
    made = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
    ast.copy_location(made, at)
    return ast.fix_missing_locations(made)


def _call_line(at: ast.AST, name: str) -> ast.stmt:
    line = ast.Expr(_call(at, name))
    return ast.fix_missing_locations(ast.copy_location(line, at))
