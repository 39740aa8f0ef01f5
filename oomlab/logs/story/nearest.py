"""The scenario of the model whose tasks wait for each other as those of a log do, played with what
the log says about its machine."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from oomlab.analysis import wait_for_graph
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.evidence.releases import RELEASES, Release
from oomlab.experiment import Experiment
from oomlab.kernel.releases import KERNELS, traits_of
from oomlab.kernel_release import KernelRelease
from oomlab.logs.story.evidence import in_the_chain
from oomlab.logs.story.reports import LogReading
from oomlab.logs.story.shapes import Link, agrees, links, nearness, part_of, role_for
from oomlab.logs.story.standings import LogScene
from oomlab.logs.story.story import Match
from oomlab.logs.story.trace import UNKNOWN_STACK, model_stack
from oomlab.logs.story.waits import LogWaits
from oomlab.scenarios import GROUPS
from oomlab.scenarios.parameters import MOST_TASKS

NEAR = 0.6
"""From here on two graphs are called near (our choice): about half of what an edge says agrees."""
_THREADS = ("offload", "offload-sequence", "offload-repaired")
"""The remedies with a thread that walks the chain."""
_STUCK = ("deadlock", "livelock")

NOTHING_NEAR = "nothing of the book's hazards is in this log: nobody is seen to wait for anybody."
NO_LIKENESS = "no scenario of the book waits like that."


class _Candidate(NamedTuple):
    scenario: str
    remedy: str
    links: tuple[Link, ...]


def nearest(reading: LogReading, scene: LogScene, waits: LogWaits) -> tuple[Match | None, str]:
    """The nearest scenario, or why there is none."""
    mine = (*_links_of_log(scene, waits), *_open_links(scene, waits))
    if not mine:
        return None, NOTHING_NEAR
    threads = any(link.waiter == "the chain's thread" for link in mine) or any(
        link.holder == "the chain's thread" for link in mine
    )
    best: tuple[float, _Candidate, list[tuple[Link, Link]]] | None = None
    for one in _candidates(("mainline", *_THREADS) if threads else ("mainline",)):
        near, pairs = nearness(mine, one.links)
        if best is None or near > best[0]:
            best = near, one, pairs
    if best is None or best[0] < NEAR:
        return None, NO_LIKENESS
    return _match(reading, mine, *best), ""


def _links_of_log(scene: LogScene, waits: LogWaits) -> tuple[Link, ...]:
    return links(waits.graph, stacks_of(scene))


def stacks_of(scene: LogScene) -> dict[str, tuple[str, ...]]:
    """Where each task stands, in the model's names; of a task that is seen often, the last time."""
    found = {one.seen.task: model_stack(one.seen.frames) for one in scene.standings}
    return {task: stack for task, stack in found.items() if stack != UNKNOWN_STACK}


def _open_links(scene: LogScene, waits: LogWaits) -> Iterator[Link]:
    """What somebody waits for that nobody is known to have."""
    closed = {edge.waiter for edge in waits.graph.edges}
    stacks = stacks_of(scene)
    told: set[str] = set()
    for one in scene.standings:
        wanted = one.want
        if wanted is None and in_the_chain(one.seen) and [*one.seen.waiting()]:
            waiter, of = part_of(stacks.get(one.seen.task, ()))
            shown = f"{one.seen.task} waits for an event; for whose is not said"
            if one.seen.asleep and one.seen.task not in told:
                told.add(one.seen.task)
                yield Link(waiter, "event", "answer", "is not known", of, shown)
            continue
        if wanted is None or wanted.kind != "lock" or one.seen.task in closed | told:
            continue
        told.add(one.seen.task)
        waiter, of = part_of(stacks.get(one.seen.task, ()))
        shown = f"{one.seen.task} waits for {wanted.lock}; who has it is not said"
        yield Link(waiter, "lock", role_for(waiter, wanted.lock), "is not known", of, shown)


def _candidates(remedies: Sequence[str]) -> Iterator[_Candidate]:
    for remedy in remedies:
        yield from _stuck_under(remedy)


@cache
def _stuck_under(remedy: str) -> tuple[_Candidate, ...]:
    """The scenarios that end with somebody waiting for somebody."""
    found = []
    for group in GROUPS.values():
        for scenario in group.values():
            said = scenario.expects(Experiment.of(scenario, remedy).remedy, "clock", {})
            if said not in _STUCK and said is not None:
                continue
            trace = Experiment.of(scenario, remedy).run()
            graph = wait_for_graph(trace, trace.ended_at_us)
            if graph.edges:
                found.append(_Candidate(scenario.name, remedy, links(graph, _stacks(trace))))
    return tuple(found)


def _stacks(trace: Trace) -> dict[str, tuple[str, ...]]:
    """Where each task of a run stands at its end."""
    return {event.task: event.stack for event in trace.events}


def _match(
    reading: LogReading,
    mine: Sequence[Link],
    near: float,
    one: _Candidate,
    pairs: Sequence[tuple[Link, Link]],
) -> Match:
    settings = _settings(reading, one, mine)
    experiment = Experiment.of(one.scenario, one.remedy, settings)
    trace = experiment.run()
    played = links(wait_for_graph(trace, trace.ended_at_us), _stacks(trace))
    if played:  # what was set may add waits, so the two are compared as the reader will see them
        one = one._replace(links=played)
        near, pairs = nearness(mine, played)
    agreeing = [(a, b) for a, b in pairs if agrees(a, b)]
    circle = [link for link in (*mine, *one.links) if link.in_circle]
    same = all(any(link in pair for pair in agreeing) for link in circle)
    misses = [
        *(f"in the log {a.shown}; there {b.shown}" for a, b in pairs if (a, b) not in agreeing),
        *(f"only in the log: {a.shown}" for a in mine if all(a is not x for x, _ in pairs)),
        *(f"only in the model: {b.shown}" for b in one.links if all(b is not y for _, y in pairs)),
    ]
    return Match(
        experiment,
        settings,
        tuple(f"{a.shown}; there {b.shown}" for a, b in agreeing),
        tuple(misses),
        near,
        trace.verdict,
        play_command(experiment, settings),
        _note(reading.release, one),
        same_circle=bool(circle) and same,
    )


def play_command(experiment: Experiment, settings: dict[str, Any]) -> str:
    """The line that plays it in a terminal."""
    parts = ["oomlab", "run", experiment.scenario.name]
    if experiment.remedy.name != "mainline":
        parts += ["--remedy", experiment.remedy.name]
    for name, value in settings.items():
        parts += ["--set", f"{name}={value}"]
    return shlex.join(parts)


def _settings(reading: LogReading, one: _Candidate, mine: Sequence[Link]) -> dict[str, Any]:
    """What the log says of its machine, as far as the scenario has such settings."""
    wanted: dict[str, Any] = {}
    if reading.release is not None:
        earlier = [kernel for kernel in KERNELS if kernel <= reading.release]
        wanted["kernel"] = earlier[-1] if earlier else KERNELS[0]
    sized = [oom for oom in reading.ooms if oom.ram]
    if sized:
        wanted["managed_pages"] = sized[0].ram
        if sized[0].rss:
            wanted["hog_pages"] = sized[0].rss
    if any(link.in_circle for link in mine):
        beside = [link.waiter for link in mine if not link.in_circle and link.what == "oom_lock"]
        wanted["fault_tasks"] = min(beside.count("asks for memory"), MOST_TASKS)
        if "kernel" in wanted and traits_of(wanted["kernel"]).tuned_percpu_lists:
            wanted["fixed_lists"] = 1  # it hangs: what its lists gave back was too little
        wanted["nofs_tasks"] = min(beside.count("asks from within a filesystem"), MOST_TASKS)
    wanted = {name: value for name, value in wanted.items() if value}
    known = {parameter.name for parameter in Experiment.of(one.scenario).scenario.parameters}
    given: dict[str, Any] = {}
    for name, value in wanted.items():
        if name not in known:
            continue
        try:  # what the log says need not fit the model: a guest smaller than its balloon
            Experiment.of(one.scenario, one.remedy, {**given, name: value})
        except InputError:
            continue
        given[name] = value
    return given


def release_of(release: KernelRelease | None) -> Release | None:
    """The release of the story that a kernel's balloon is like; None where nothing is known."""
    if release is None:
        return None
    earlier = [one for one in RELEASES.values() if KernelRelease.of(one.name) <= release]
    return earlier[-1] if earlier else next(iter(RELEASES.values()))


def _note(release: KernelRelease | None, one: _Candidate) -> str:
    """What the balloon of the log's release makes of the same scenario, if it is another one."""
    known = release_of(release)
    if known is None or known.remedy == one.remedy or one.remedy != "mainline":
        return ""
    verdict = Experiment.of(one.scenario, known.remedy).run().verdict
    return f"; with the balloon of Linux {known.name}, which {known.summary}: {verdict}"
