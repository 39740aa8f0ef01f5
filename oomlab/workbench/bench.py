"""A bench: a driver of the reader's own on a small machine, as a scenario of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from oomlab.checked import checked
from oomlab.engine.model import Layout, Model
from oomlab.engine.ops import Routine, wait_for
from oomlab.engine.properties import Values, never
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock
from oomlab.kernel.oom_notify import Delivery, Terms
from oomlab.kernel.task import Task
from oomlab.remedies import Remedy, find_remedy
from oomlab.scenarios.cast import add_filesystem_task, add_hog
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario
from oomlab.workbench.errors import BenchError
from oomlab.workbench.reading import ReadText, read_text
from oomlab.workbench.words_run import DEVICE, BenchWords, Used

NAME = "bench"
"""What the scenario of a bench is called."""

STACKS: dict[str, tuple[str, Settings]] = {
    "page fault": ("a task that touches memory asks the OOM killer", {}),
    "allocator": ("a file writer needs a page, which may not have anybody killed", {"caller": 1}),
    "driver fault": ("the page-fault path asks, outside the allocator", {"fault_oom": 1}),
    "memcg": ("a memory cgroup meets its limit", {"memcg_oom": 1}),
    "SysRq": ("a person presses SysRq-f: a kernel worker asks", {"sysrq": 1}),
    "kswapd": (
        "kswapd asks, as it may since 6.1",
        {"kernel": "6.1", "min_ttl": 1, "taken_pages": 32},
    ),
}
"""On whose stack the callback may be called, besides a task that touches memory: in words, and the
settings for it."""

NEEDLESS_KILL = "somebody is killed while the driver has pages to give back"

PARAMETERS = (
    Parameter(
        "caller",
        "who asks: 0 a task that touches memory, 1 a file writer (GFP_NOFS) as well",
        0,
        only=(0, 1),
    ),
    Parameter("answers", "1 if the device answers, 0 if not", 1, only=(0, 1)),
    Parameter(
        "taken_pages",
        "pages below the min mark that others have taken who may, such as a network driver",
        0,
        0,
        1 << 20,
    ),
    Parameter("holds", "1 if the driver's own routine runs meanwhile, 0 if not", 1, only=(0, 1)),
    *COMMON_PARAMETERS,
)

ENTRIES = {
    "callback": {"callback": 1, "device": 0},
    "holder": {"holder": 0, "ioctl": 0},
    "remedy": {"notify": 0, "before": 0, "thread": 0},
}
"""The routines by which each text is entered, and how many arguments each has."""


def is_text(remedy: str) -> bool:
    """Is this a remedy's text, and not the name of one?"""
    return "\n" in remedy.strip() or "def " in remedy


@checked(leave="remedy")
@dataclass(frozen=True)
class Bench:
    """A driver of the reader's own.

    `callback` declares what the driver has and says what its OOM callback does (`def
    callback(freed)`), and what its device does if it has one (`def device()`). `holder` is another
    routine of the driver, "" for none: of a thread of its own (`def holder()`), or called by a
    process (`def ioctl()`). `remedy` is the name of one, or says how
    out_of_memory has the chain run (`def notify()`, `def before()`, `def thread()`).

    Raises BenchError for a text that is not understood, at its line.
    """

    callback: str
    holder: str = ""
    remedy: str = "mainline"
    used: Used = field(default_factory=Used, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _ = self.readings
        self.scenario().build(self.scenario().settle({}, "explorer"), self.own_remedy())

    @cached_property
    def readings(self) -> tuple[ReadText, ...]:
        """The texts of the driver as they were read."""
        first = read_text("callback", self.callback, ENTRIES["callback"])
        if "callback" not in first.routines:
            raise BenchError("callback", 1, "say what the callback does: `def callback(freed):`")
        if not self.holder.strip():
            return (first,)
        known = first.declared, first.routines
        return first, read_text("holder", self.holder, ENTRIES["holder"], *known)

    @cached_property
    def _of_remedy(self) -> ReadText | None:
        """The remedy's text as it was read; None where it is a name."""
        if not is_text(self.remedy):
            return None
        return read_text("remedy", self.remedy, ENTRIES["remedy"])

    @property
    def routines(self) -> tuple[str, ...]:
        """The names of all routines of the driver."""
        return tuple(name for reading in self.readings for name in reading.routines)

    def routines_reached(self) -> Mapping[str, tuple[int, int]]:
        """The routines of the callback's text that the callback calls, itself among them: the first
        and the last line of each."""
        reading = self.readings[0]
        ends = [*sorted(reading.lines.values()), len(reading.text.splitlines()) + 1]
        return {
            name: (reading.lines[name], next(e for e in ends if e > reading.lines[name]) - 1)
            for name in reading.reached_from("callback")
        }

    def own_remedy(self) -> Remedy:
        """The remedy that is tried. Raises InputError for a name that there is not."""
        reading = self._of_remedy
        if reading is None:
            return find_remedy(self.remedy.strip())
        return Remedy("own", "a remedy of the reader's own", delivery=_delivery(reading, self.used))

    def scenario(self) -> Scenario:
        """The bench as a scenario, to be run, explored and played as any other."""
        return Scenario(
            NAME,
            "a driver of the reader's own",
            PARAMETERS,
            SMALL_MACHINE,
            self._build,
            (),
            properties=(never(NEEDLESS_KILL, self._killed_needlessly),),
        )

    def _build(self, settings: Settings, remedy: Remedy) -> Model:
        machine = boot({**settings, "spare_pages": -settings["taken_pages"]}, remedy)
        words = BenchWords(machine.layout, self.used)
        words.machine = machine
        namespace: dict[str, Any] = {}
        routines: dict[str, Any] = {}
        for reading in self.readings:
            routines |= words.run(reading, namespace)
            namespace |= routines
        machine.oom_notify_list.register(NotifierBlock("driver", routines["callback"]))
        if settings["holds"] and "holder" in routines:
            machine.spawn("holder", "another routine of the driver", routines["holder"])
        if settings["holds"] and "ioctl" in routines:
            machine.spawn(
                "ioctl",
                "a process that calls the driver",
                routines["ioctl"],
                process=machine.process("caller", 1),
            )
        body = routines.get("device")
        if body is not None or any(slot.kind == "queue" for slot in _own(machine, namespace)):
            answers = settings["answers"]
            acts = body if answers and body else lambda task: never_answers(machine)
            machine.spawn(DEVICE, "answers the driver", acts, serves=True)
        if settings["caller"]:
            add_filesystem_task(machine, machine.layout.mutex("lock of the file"))
        add_hog(machine, settings)  # who may have somebody killed, where the driver gives nothing
        return machine.model()

    def _killed_needlessly(self, values: Values) -> bool:
        dead = any(value == 1 for name, value in values.items() if name.startswith("SIGKILL"))
        return dead and any(values[name] for name in self.lent_pools)

    @cached_property
    def lent_pools(self) -> tuple[str, ...]:
        """The names of the pools whose pages the driver can give back."""
        words = BenchWords(Layout(), Used())
        namespace: dict[str, Any] = {}
        for reading in self.readings:
            namespace |= words.run(reading, namespace)
        return tuple(slot.name for slot in words.lent)


def _own(machine: Machine, namespace: Mapping[str, Any]) -> list[Any]:
    slots = set(machine.layout.slots)
    return [one for one in namespace.values() if isinstance(one, tuple) and one in slots]


def never_answers(machine: Machine) -> Routine:
    """A device, or whoever plays it, that does nothing any more."""
    yield wait_for(machine.panicked, "a device that works")


def _delivery(reading: ReadText, used: Used) -> type[Delivery]:
    """The way of delivery that a text describes."""

    class OwnDelivery(Delivery):
        """What the text says; the rest is as released kernels do it."""

        name = "own"
        offloaded = "thread" in reading.routines

        def __init__(self, words: BenchWords, routines: dict[str, Any]) -> None:
            self.words, self.routines = words, routines

        @classmethod
        def declare(cls, layout: Layout, terms: Terms) -> OwnDelivery:
            words = BenchWords(layout, used)
            return cls(words, words.run(reading, {}))

        def start(self, machine: Machine) -> None:
            self.words.machine = machine
            if "thread" in self.routines:
                machine.spawn(
                    "oom_thread", "a thread of the remedy", self.routines["thread"], serves=True
                )

        def before(self, machine: Machine, current: Task) -> Routine:
            own = self.routines.get("before")
            routine: Routine = own(current) if own else super().before(machine, current)
            return routine

        def notify(self, machine: Machine, current: Task) -> Routine:
            own = self.routines.get("notify")
            routine: Routine = own(current) if own else super().notify(machine, current)
            return routine

    return OwnDelivery
