"""The made-up logs in real forms, each read into its story."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomlab.figures import draw_timeline, draw_wait_for
from oomlab.logs.read import read_log
from oomlab.logs.story import explain
from tests.figures.drawings import check_sound
from tests.logs.story.made_up import DEFLATES, INFLATES, WRITES

SAMPLES = Path(__file__).parents[1] / "samples"

WORST = {
    "2.6.32-pagefault": ("ordinary", "ordinary"),
    "3.10-el7-memcg": ("group", "ordinary"),
    "4.4-i915": ("asked too early", "loss"),
    "4.13-deadlock": ("circle", "lockup"),
    "5.4-sysrq": ("ordinary", "ordinary"),
    "6.12-lockdep": ("lockdep", "lockup"),
    "6.15-mutex": ("circle", "lockup"),
    "7.1-panic": ("panic", "lockup"),
}
"""The worst finding of some of them."""

HUNG = """\
[  243.402118] INFO: task {comm}:{pid} blocked for more than 120 seconds.
[  243.402124]       Not tainted {release} #1
[  243.402126] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
[  243.402129] task:{comm:<15} state:D stack:    0 pid: {pid} ppid:     2 flags:0x00004000
[  243.402130] Call Trace:
{frames}
"""


def hung(comm: str, pid: int, stack: str, release: str, owner: str = "") -> str:
    frames = "\n".join(f"[  243.402140]  {name}+0x1f/0x40" for name in stack.split())
    text = HUNG.format(comm=comm, pid=pid, release=release, frames=frames)
    if owner:
        text += f"[  243.402170] INFO: task {comm}:{pid} is blocked on a mutex likely owned by task"
        text += f" {owner}.\n"
    return text


def guest(release: str, *, owners: bool) -> bytes:
    worker, writer = ("kworker/0:2", 88), ("demo-writer", 1204)
    text = hung(*worker, INFLATES, release, "demo-writer:1204" if owners else "")
    text += hung(*writer, DEFLATES + WRITES, release, "kworker/0:2:88" if owners else "")
    return text.encode()


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.log")), ids=lambda path: path.stem)
def test_every_sample_has_a_story_and_pictures(path: Path) -> None:
    story = explain(read_log(path))
    worst = story.findings[0]
    assert (worst.kind, worst.severity) == WORST.get(path.stem, (worst.kind, worst.severity))
    check_sound(draw_timeline(story.trace))
    check_sound(draw_wait_for(story.trace, story.waits.graph.at_us, known=story.waits.known))
    assert "\n".join(story.lines())


@pytest.mark.parametrize(("release", "owners"), [("4.13.0-demo", False), ("7.3.0-demo", True)])
def test_a_hung_guest_leads_to_the_right_chapter_and_scenario(release: str, owners: bool) -> None:
    story = explain(read_log(guest(release, owners=owners)))
    assert story.findings[0].severity == "deadlock"
    assert story.findings[0].chapter.page == "report"
    assert story.match is not None
    assert story.match.experiment.scenario.name == "h1-two-task-cycle"
    assert story.match.same_circle
    known = {one.known for one in story.waits.edges}
    assert ("said by the kernel" in known) == owners


def test_two_boots_are_two_stories_and_the_worst_is_told() -> None:
    first = guest("4.13.0-demo", owners=False)
    later = b"[   10.000000] demo invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0\n"
    story = explain(read_log(first + later))
    assert story.boot == (1, 2)
    assert story.severity == "deadlock"
    assert "2 boots" in next(story.lines())


def test_what_a_log_says_is_text_in_every_picture() -> None:
    comm = "<b>\x07&bold</b>"
    log = hung(comm, 7, DEFLATES + WRITES, "4.13.0").encode()
    story = explain(read_log(log))
    figure = draw_wait_for(story.trace, story.waits.graph.at_us, known=story.waits.known)
    for drawn in (figure, draw_timeline(story.trace)):
        check_sound(drawn)
        assert "<b>" not in drawn.svg
        assert "\x07" not in drawn.svg
