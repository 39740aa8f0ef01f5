"""Traces written by hand, with known spans and known cycles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from oomlab.engine.slots import PLAIN, Facts
from oomlab.engine.trace.events import Condition, Event, Json, SlotInfo, TaskInfo, Trace, Waiting

RWSEM_FREE: Json = {"readers": [], "writer": "", "queued": []}


class Story:
    """Collects events in the order in which they are told; `now` is the time of the next one."""

    def __init__(
        self,
        tasks: Sequence[str],
        *,
        background: Sequence[str] = (),
        mutexes: Sequence[str] = (),
        rwsems: Sequence[str] = (),
        queues: Sequence[str] = (),
        words: Sequence[str] = (),
        facts: Mapping[str, Facts] | None = None,
    ) -> None:
        self.tasks = [TaskInfo(name, f"plays {name}", True) for name in tasks]
        self.tasks += [TaskInfo(name, f"plays {name}", False) for name in background]
        self.slots = [SlotInfo(name, "mutex", "") for name in mutexes]
        self.slots += [SlotInfo(name, "rwsem", RWSEM_FREE) for name in rwsems]
        self.slots += [SlotInfo(name, "queue", []) for name in queues]
        self.slots += [SlotInfo(name, "word", 0) for name in words]
        said = facts or {}
        self.slots = [replace(s, facts=said.get(s.name, PLAIN)) for s in self.slots]
        self.events: list[Event] = []
        self.now = 0

    def tell(
        self,
        task: str,
        op: str,
        on: str = "",
        condition: Condition = "done",
        *,
        result: Json = None,
        changes: dict[str, Json] | None = None,
        until: int | None = None,
        inside: str = "work",
    ) -> None:
        """`inside`: the function, or the functions that lead there, outermost first."""
        stack = ("main", *inside.split())
        self.events.append(
            Event(self.now, task, stack, op, on, condition, result, changes or {}, until)
        )

    def takes(self, task: str, lock: str, inside: str = "work") -> None:
        self.tell(task, "mutex_lock", lock, changes={lock: task}, inside=inside)

    def lets_go(self, task: str, lock: str) -> None:
        self.tell(task, "mutex_unlock", lock, changes={lock: ""})

    def asks_for_a_page(self, task: str, got: bool, gfp: int = 1, outside: str = "") -> None:
        """A request's first attempt, and its mask; `outside`: the functions that lead to it."""
        self.looks_for_a_page(task, got, f"{outside} alloc_page")
        self.tell(task, "note", "gfp", result=gfp, inside=f"{outside} alloc_page")

    def blocks(self, task: str, lock: str, inside: str = "work") -> None:
        self.tell(task, "mutex_lock", lock, "blocked", inside=inside)

    def tries(self, task: str, lock: str) -> None:
        self.tell(task, "mutex_trylock", lock, result=False)

    def looks_for_a_page(self, task: str, got: bool, inside: str = "alloc_page") -> None:
        self.tell(task, "take_page", "free", result=got, inside=inside)

    def computes(self, task: str, until: int) -> None:
        self.tell(task, "cost", "", "sleeps", until=until)

    def naps(self, task: str, until: int) -> None:
        self.tell(task, "sleep", "", "sleeps", until=until)

    def waits(self, task: str, queue: str, inside: str = "work") -> None:
        # Words that are waited for are given no sleepers; only queues have them.
        queues = {slot.name for slot in self.slots if slot.kind == "queue"}
        asleep = {queue: [task]} if queue in queues else {}
        self.tell(task, "sleep_on", queue, "blocked", changes=asleep, inside=inside)

    def is_woken(self, task: str, queue: str) -> None:
        self.tell(task, "sleep_on", queue)

    def trace(
        self,
        ended_at: int,
        unfinished: Sequence[str] = (),
        *,
        verdict: str = "completed",
        engine: str = "clock",
        scenario: str = "a-scenario",
        remedy: str = "a-remedy",
    ) -> Trace:
        return Trace(
            scenario,
            remedy,
            {"hz": 250},
            0,
            engine,  # type: ignore[arg-type]
            250,
            tuple(self.tasks),
            tuple(self.slots),
            tuple(self.events),
            verdict,
            ended_at,
            tuple(Waiting(name, "", "", 0, "blocks") for name in unfinished),
        )


def two_tasks_deadlocked() -> Story:
    """a has A and waits for B; b has B and waits for A."""
    story = Story(["a", "b"], mutexes=["A", "B"])
    story.takes("a", "A")
    story.takes("b", "B")
    story.now = 10
    story.blocks("a", "B", "leak_balloon")
    story.blocks("b", "A", "try_to_free_pages")
    return story


def three_tasks_polling() -> Story:
    """hog has oom_lock and waits for balloon_lock; worker has that and waits for fs_lock; writer
    has that and polls oom_lock."""
    story = Story(["hog", "writer", "worker"], mutexes=["oom_lock", "fs_lock", "balloon_lock"])
    story.takes("writer", "fs_lock")
    story.takes("worker", "balloon_lock")
    story.blocks("worker", "fs_lock")
    story.now = 500
    story.takes("hog", "oom_lock")
    story.blocks("hog", "balloon_lock")
    story.tries("writer", "oom_lock")
    story.tell("writer", "poll", "oom_lock", "polling")
    return story
