"""out_of_memory: listeners first, then whoever is dying, then the flag, then the choice."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine.ops import Routine, Slot, log
from oomlab.gfp import flags
from oomlab.kernel.exit import do_exit
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.oom_kill import oom_kill_process, out_of_memory
from oomlab.kernel.oom_reaper import oom_reap_task
from oomlab.kernel.task import Process, Task
from tests.kernel.solo import Solo, machine, solo, spawn

SOMEBODY = 99


def listener(says: str, pages: int) -> NotifierBlock:
    """A listener that reports and gives `pages` back, from nowhere."""

    def callback(current: Task, freed: Slot) -> Routine:
        yield log(says)
        yield from add_freed(freed, pages)

    return NotifierBlock(says, callback)


class Scene:
    """A machine, a task with a process of its own, and two processes that may be chosen."""

    def __init__(self, freed: int | None = None) -> None:
        self.machine: Machine = machine()
        if freed is not None:
            self.machine.oom_notify_list.register(listener("listener", freed))
        self.own: Process = self.machine.process("own", 5)
        self.small: Process = self.machine.process("small", 50)
        self.big: Process = self.machine.process("big", 70)
        self.task = spawn(self.machine, process=self.own)

    def ask(self, gfp: int = flags.GFP_KERNEL, **given: Hashable) -> Solo:
        """out_of_memory with parts of the processes set, e.g. `big__mm="skip"`."""
        slots: dict[Slot, Hashable] = {self.machine.oom_lock: self.task.index}
        for name, value in given.items():
            process, _, part = name.partition("__")
            slots[getattr(getattr(self, process), part)] = value
        routine = out_of_memory(self.machine, self.task, gfp)
        return solo(self.machine, self.task, routine, given=slots)

    def chosen(self, run: Solo) -> list[str]:
        """Names of the processes that were sent SIGKILL."""
        names = [op.slots[0].name for op, _ in run.ops if op.kind == "write"]
        return [n.removeprefix("SIGKILL for ") for n in names if n.startswith("SIGKILL")]


def test_the_largest_process_is_killed_and_the_caller_told_to_go_on() -> None:
    scene = Scene()
    run = scene.ask()
    assert run.result is True
    assert scene.chosen(run) == ["big"]


def test_a_tie_goes_to_the_first() -> None:
    scene = Scene()
    run = scene.ask(small__rss=70)
    assert scene.chosen(run) == ["small"]


def test_the_killer_naps_a_jiffy_with_the_lock_held() -> None:
    scene = Scene()
    run = scene.ask()
    op, _ = run.ops[-1]
    assert (op.kind, op.args) == ("sleep", (1,))
    assert run.state[scene.machine.oom_lock.index] == scene.task.index


def test_signal_first_then_the_reserves_then_the_reaper() -> None:
    scene = Scene()
    run = scene.ask()
    order = [
        run.first("write", "SIGKILL for big"),
        run.first("swap", "TIF_MEMDIE of big"),
        run.first("write", "mm of big"),
        run.first("push", "oom_reaper_list"),
        run.first("wake", "oom_reaper_wait"),
    ]
    assert order == sorted(order)


@pytest.mark.parametrize("gfp", [flags.GFP_KERNEL, flags.GFP_NOFS, flags.GFP_NOIO, 0])
def test_listeners_run_for_every_caller_before_anything_else(gfp: int) -> None:
    run = Scene(freed=3).ask(gfp)
    assert run.result is True
    assert run.said() == ["listener"]
    assert "select_bad_process" not in run.kinds()
    assert "sleep" not in run.kinds()


@pytest.mark.parametrize("gfp", [flags.GFP_NOFS, flags.GFP_NOIO])
def test_without_fs_nobody_is_killed_even_if_no_page_came_back(gfp: int) -> None:
    scene = Scene(freed=0)
    run = scene.ask(gfp)
    assert run.result is True
    assert run.said() == ["listener"]
    assert scene.chosen(run) == []
    assert "select_bad_process" not in run.kinds()


@pytest.mark.parametrize("gfp", [flags.GFP_KERNEL, 0])
def test_listeners_that_free_nothing_do_not_save_the_victim(gfp: int) -> None:
    scene = Scene(freed=0)
    run = scene.ask(gfp)
    assert scene.chosen(run) == ["big"]
    assert run.first("log", "") < run.kinds().index("select_bad_process")


@pytest.mark.parametrize("gfp", [flags.GFP_KERNEL, flags.GFP_NOFS])
def test_a_dying_caller_gets_the_reserves_and_nobody_else_is_killed(gfp: int) -> None:
    scene = Scene()
    run = scene.ask(gfp, own__sigkill=1)
    assert run.result is True
    assert scene.chosen(run) == []
    assert run.state[scene.own.memdie.index] == 1
    assert run.state[scene.own.mm.index] == "victim"
    assert run.state[scene.machine.oom_reaper_list.index] == (scene.own.number,)


def test_a_dying_caller_whose_memory_is_already_reaped_does_not_hold_up_the_choice() -> None:
    scene = Scene()
    run = scene.ask(own__sigkill=1, own__memdie=1, own__mm="skip", own__rss=0)
    assert scene.chosen(run) == ["big"]


def test_while_a_victim_has_memory_nobody_else_is_chosen() -> None:
    scene = Scene()
    run = scene.ask(small__mm="victim", small__memdie=1)
    assert run.result is True
    assert scene.chosen(run) == []
    assert "sleep" not in run.kinds()


@pytest.mark.parametrize("mm", ["skip", "gone"])
def test_a_victim_that_has_been_dealt_with_is_passed_over(mm: str) -> None:
    scene = Scene()
    run = scene.ask(big__mm=mm)
    assert scene.chosen(run) == ["small"]


def test_with_nobody_left_to_kill_the_machine_panics() -> None:
    scene = Scene()
    run = scene.ask(own__mm="gone", small__mm="skip", big__mm="gone")
    assert run.result is False
    assert run.state[scene.machine.panicked.index] == 1
    assert run.said()[0].startswith("Kernel panic")


def test_a_victim_is_queued_for_the_reaper_once() -> None:
    scene = Scene()
    for _ in range(2):
        routine = oom_kill_process(scene.machine, scene.big)
        run = solo(
            scene.machine,
            scene.task,
            routine,
            given={scene.machine.oom_reaper_list: (scene.big.number,)},
        )
        assert run.state[scene.machine.oom_reaper_list.index] == (scene.big.number,)


def test_the_reaper_waits_for_oom_lock() -> None:
    scene = Scene()
    routine = oom_reap_task(scene.machine, scene.big)
    run = solo(scene.machine, scene.task, routine, given={scene.machine.oom_lock: SOMEBODY})
    assert run.ending == "blocked"


def test_the_reaper_frees_the_memory_and_lets_the_killer_look_elsewhere() -> None:
    scene = Scene()
    run = solo(scene.machine, scene.task, oom_reap_task(scene.machine, scene.big))
    assert run.state[scene.big.rss.index] == 0
    assert run.state[scene.machine.zone.free.index] == 10 + 70
    assert run.state[scene.big.mm.index] == "skip"
    assert run.state[scene.machine.oom_lock.index] == -1


def test_exit_gives_everything_back_and_ends_the_victims_privilege() -> None:
    scene = Scene()
    routine = do_exit(scene.machine, scene.big)
    run = solo(scene.machine, scene.task, routine, given={scene.big.memdie: 1})
    assert run.state[scene.machine.zone.free.index] == 80
    assert run.state[scene.big.mm.index] == "gone"
    assert run.state[scene.big.memdie.index] == 0


def test_a_kernel_thread_asks_and_kills_without_a_process_of_its_own() -> None:
    scene = Scene()
    thread = spawn(scene.machine, "kthread")
    run = solo(
        scene.machine,
        thread,
        out_of_memory(scene.machine, thread, flags.GFP_KERNEL),
        given={scene.machine.oom_lock: thread.index},
    )
    assert scene.chosen(run) == ["big"]
