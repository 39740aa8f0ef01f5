"""A bench as the file of a scenario, written as CONTRIBUTING asks for it."""

from __future__ import annotations

import ast
import re

from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.workbench.bench import Bench
from oomlab.workbench.language import NUMBERS, VERBS
from oomlab.workbench.reading import ReadText

_OPS = {name for name, verb in VERBS.items() if verb.how == "step"}

_ROUTINES = {
    "alloc_page": "alloc_page(driver.machine, current, {})",
    "kmalloc": "kmalloc(driver.machine, current, {})",
    "virtqueue_add_outbuf": "virtqueue_add_outbuf(driver.machine, current, {})",
    "wait_event": "wait_event({})",
    "wait_event_timeout": "wait_event_timeout({})",
    "add_freed": "add_freed({})",
}
"""Those that stand in the package as they are; the others are written out as steps."""

_FROM = {
    "alloc_page": "oomlab.kernel.page_alloc",
    "kmalloc": "oomlab.kernel.slab",
    "virtqueue_add_outbuf": "oomlab.listeners.virtio_ring",
    "wait_event": "oomlab.kernel.wait",
    "wait_event_timeout": "oomlab.kernel.wait",
    "add_freed": "oomlab.kernel.notifier",
}


@checked
def scenario_text(bench: Bench, name: str = "my-driver", verdict: str = "") -> str:
    """The text of a file that is the bench's scenario, ready for `oomlab/scenarios`.

    `verdict`: what the explorer says under mainline ("" leaves it to be filled in). Raises
    InputError for a name that is not small letters, digits and hyphens.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise InputError(f"a scenario cannot be called {name!r}; valid: small letters, digits, -")
    writer = _Writer(bench)
    return writer.file(name, verdict)


class _Writer:
    """Writes the parts, and notes what they need."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.readings = bench.readings
        self.slots = {name: kind for one in self.readings for name, kind in one.declared.items()}
        self.routines = {name for one in self.readings for name in one.routines}
        self.ops = {"Routine", "Slot"}
        self.imports: dict[str, set[str]] = {}

    def file(self, name: str, verdict: str) -> str:
        bodies = "\n\n\n".join(
            self._routine(one, node) for one in self.readings for node in _defs(one)
        )
        has_device = "device" in self.routines
        declares = [line for one in self.readings for line in self._declarations(one)]
        spawned = self._spawned(has_device)
        word = verdict or "FILL IN"
        fields = "".join(f"    {slot}: Slot\n" for slot in self.slots)
        self.ops |= {"ANY_AMOUNT"} if "ANY_AMOUNT" in bodies else set()
        if "Answerer(" in "".join(declares) or "Says(" in "".join(declares):
            names = [n for n in ("Answerer", "Says") if f"{n}(" in "".join(declares)]
            self.imports.setdefault("oomlab.engine.slots", set()).update(names)
        if "flags." in bodies:
            self.imports.setdefault("oomlab.gfp", set()).add("flags")
        imports = "".join(
            f"from {module} import {', '.join(sorted(names))}\n"
            for module, names in sorted(
                {
                    **self.imports,
                    "oomlab.engine.model": {"Model"},
                    "oomlab.engine.ops": self.ops,
                    "oomlab.kernel.machine": {"Machine"},
                    "oomlab.kernel.notifier": {"NotifierBlock"}
                    | self.imports.get("oomlab.kernel.notifier", set()),
                    "oomlab.kernel.task": {"Task"},
                    "oomlab.remedies": {"Remedy"},
                    "oomlab.scenarios.cast": {"add_hog"},
                    "oomlab.scenarios.machines": {"COMMON_PARAMETERS", "SMALL_MACHINE", "boot"},
                    "oomlab.scenarios.parameters": {"Settings"},
                    "oomlab.scenarios.scenario": {"Scenario", "expect"},
                }.items()
            )
        )
        declared = "".join(f"        {line},\n" for line in declares)
        variable = name.replace("-", "_").upper()
        return f'''"""{name}: a driver that was written on the workbench."""

from __future__ import annotations

from dataclasses import dataclass

{imports}

@dataclass(frozen=True, eq=False)
class Driver:
    """What the driver has."""

    machine: Machine
{fields}

{bodies}


def build(settings: Settings, remedy: Remedy) -> Model:
    """The driver, what it plays with, and a task that touches memory."""
    machine = boot(settings, remedy)
    layout = machine.layout
    driver = Driver(
        machine,
{declared}    )
    machine.oom_notify_list.register(
        NotifierBlock("driver", lambda task, freed: callback(driver, task, freed))
    )
{spawned}    add_hog(machine, settings)
    return machine.model()


{variable} = Scenario(
    "{name}",
    "a driver that was written on the workbench",
    COMMON_PARAMETERS,
    SMALL_MACHINE,
    build,
    (*expect("explorer", {{"{word}": "mainline"}}),),
)
'''

    def _spawned(self, has_device: bool) -> str:
        lines = ""
        if "holder" in self.routines:
            lines += _spawn("holder", "another routine of the driver", "")
        if "ioctl" in self.routines:
            process = 'process=machine.process("caller", 1)'
            lines += _spawn("ioctl", "a process that calls the driver", process)
        if has_device:
            lines += _spawn("device", "answers the driver", "serves=True")
        return lines

    def _declarations(self, reading: ReadText) -> list[str]:
        found = []
        for node in ast.parse(reading.text).body:
            if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
                continue
            (target,) = node.targets
            assert isinstance(target, ast.Name) and isinstance(node.value.func, ast.Name)
            given: list[object] = [
                one.value for one in node.value.args if isinstance(one, ast.Constant)
            ]
            found.append(_declaration(node.value.func.id, target.id, given, reading.polled))
        return found

    def _routine(self, reading: ReadText, node: ast.FunctionDef) -> str:
        names = ["driver: Driver", "current: Task"]
        names += [
            f"{one.arg}: Slot" if one.arg == "freed" else f"{one.arg}: int"
            for one in node.args.args
        ]
        body = "\n".join(
            f"    {line}"
            for statement in node.body
            for line in ast.unparse(_Calls(self).visit(statement)).splitlines()
        )
        about = {"callback": "What the chain calls.", "holder": "Another routine of the driver."}
        words = about.get(node.name, "The device." if node.name == "device" else "A part of it.")
        return f'def {node.name}({", ".join(names)}) -> Routine:\n    """{words}"""\n{body}'


class _Calls(ast.NodeTransformer):
    """Calls and names of the bench as those of the package."""

    def __init__(self, writer: _Writer) -> None:
        self.writer = writer

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.writer.slots:
            return ast.Attribute(ast.Name("driver"), node.id)
        if node.id in NUMBERS:
            return ast.Attribute(ast.Name("flags"), node.id.removeprefix("__GFP_"))
        return node

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.expr:
        self.generic_visit(node)
        assert isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name)
        name, args = node.value.func.id, [ast.unparse(one) for one in node.value.args]
        given = ", ".join(args)
        if name in self.writer.routines:
            return _expression(f"(yield from {name}({', '.join(['driver', 'current', *args])}))")
        if name in _ROUTINES:
            self.writer.imports.setdefault(_FROM[name], set()).add(name)
            return _expression(f"(yield from {_ROUTINES[name].format(given)})")
        self.writer.ops |= {"move"}
        free = "driver.machine.zone.free"
        match name:
            case "free_page":
                return _expression(f"(yield move(current.hand, {free}, ANY_AMOUNT))")
            case "lend_page":
                return _expression(f"(yield move(current.hand, {given}, ANY_AMOUNT))")
            case "give_back":
                most = args[1] if len(args) > 1 else "ANY_AMOUNT"
                return _expression(f"(yield move({args[0]}, {free}, {most}))")
        self.writer.ops |= {"down_write"}
        return _expression(f"(yield down_write({given}))")

    def visit_Yield(self, node: ast.Yield) -> ast.expr:
        self.generic_visit(node)
        assert isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name)
        self.writer.ops.add(node.value.func.id)
        if node.value.func.id == "choose" and len(node.value.args) == 1:
            node.value.args.append(ast.Constant("which way"))
        return node


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _defs(reading: ReadText) -> list[ast.FunctionDef]:
    return [one for one in ast.parse(reading.text).body if isinstance(one, ast.FunctionDef)]


def _declaration(verb: str, own: str, given: list[object], polled: frozenset[str]) -> str:
    texts = [one for one in given if isinstance(one, str)]
    name = texts[-1] if texts else own
    match verb:
        case "mutex":
            return f"layout.mutex({name!r}{', polled=True' if own in polled else ''})"
        case "rwsem":
            return f"layout.rwsem({name!r})"
        case "word":
            return f"layout.word({name!r}, {given[0] if given else 0!r})"
        case "queue":
            return f'layout.queue({name!r}, Answerer("device", "an answer"))'
    pages = given[0] if given and isinstance(given[0], int) else 1
    told = f"{{pages}} come back from {name} ({{task}})"
    return f'layout.pool({name!r}, {pages}, role="lent", says={{"move": Says(told={told!r})}})'


def _spawn(name: str, what: str, more: str) -> str:
    tail = f", {more}" if more else ""
    return f'    machine.spawn("{name}", "{what}", lambda task: {name}(driver, task){tail})\n'
