"""A kernel log of problem set 4: a run that hangs, told by the machine it hung on."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

from oomlab.analysis import wait_for_graph
from oomlab.checked import checked
from oomlab.course.answer import Answer, refused, require_answer, with_stop
from oomlab.course.code import fenced, written
from oomlab.course.code.fence_code import error_told
from oomlab.course.edges import ClaimedEdge, compare_edges
from oomlab.course.predictions import check_list
from oomlab.course.variants import Draw
from oomlab.dmesg import dmesg_lines
from oomlab.errors import InputError, shown
from oomlab.experiment import run

_CASES = (
    ("h1-two-task-cycle", 4.13),
    ("h1-two-task-cycle", 6.12),
    ("h2-three-task-poll", 4.13),
    ("h2-three-task-poll", 6.1),
    ("h2-three-task-poll", 7.3),
)

_PEOPLE = ("rsync", "postgres", "firefox", "mysqld", "backup", "indexer", "java", "tar", "make")

WHERE = {
    "leak_balloon": "balloon_lock",
    "do_try_to_free_pages": "fs_lock",
    "__alloc_pages_may_oom": "oom_lock",
}
"""Function that asks for a lock -> that lock, as the table of the set says it."""


@dataclass(frozen=True)
class MadeLog:
    """The lines, and the waits that they show."""

    lines: tuple[str, ...]
    edges: frozenset[ClaimedEdge]

    @property
    def tasks(self) -> tuple[str, ...]:
        """Everybody in the edges."""
        return tuple(sorted({name for one, _, other in self.edges for name in (one, other)}))


@checked
def hung_log(number: object = ...) -> str:
    """The log of a student: a machine that hangs, with names of its own for its tasks."""
    return "\n".join(made_log(number).lines)


def made_log(number: object = ...) -> MadeLog:
    """That log, with what it shows: for the checks."""
    draw = Draw("ps4", number)
    scenario, kernel = draw.one("case", _CASES)
    trace = run(scenario, "mainline", {"kernel": kernel, "fixed_lists": 1, "limit_s": 200.0})
    names = dict(
        zip(("fs_task", "hog", "balloon_worker"), draw.some("names", _PEOPLE, 3), strict=True)
    )
    names["balloon_worker"] = f"kworker/{draw.whole('worker', 0, 7)}:1"
    told_once = (line for line in dmesg_lines(trace, sysrq=True) if "[  290." not in line)
    lines = tuple(_renamed(line, names) for line in told_once)
    edges = wait_for_graph(trace, trace.ended_at_us).edges
    return MadeLog(
        lines,
        frozenset(
            (names.get(e.waiter, e.waiter), e.what, names.get(e.holder, e.holder)) for e in edges
        ),
    )


def _renamed(line: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        found = re.search(rf"\b{old} +(?=[DRS] )", line)
        if found:  # the column behind a name stays where it is
            line = line.replace(found[0], f"{new:{len(found[0])}}")
        line = re.sub(rf"\b{old}\b", new, line)
    return line


@checked
def check_log_edges(edges: object, number: object = ...) -> Answer:
    """Are `edges`, each (who waits, for what, who has it), the waits that the student's log shows?
    Every right edge counts, and a wrong one takes the credit of a right one away."""
    log = made_log(number)
    try:
        require_answer(edges)
        if not isinstance(edges, list | tuple | set):
            raise InputError("the edges must be a list, such as [('task', 'lock', 'task')]")
        drawn = [_edge(n, each, log) for n, each in enumerate(edges, 1)]
    except InputError as error:
        return refused(error)
    return compare_edges(drawn, set(log.edges), "these are all the waits that the log shows.")


def _edge(number: int, edge: object, log: MadeLog) -> ClaimedEdge:
    if not isinstance(edge, list | tuple) or len(edge) != 3:
        raise InputError(f"edge {number} is not of the form (who waits, for what, who has it)")
    locks = tuple(WHERE.values())
    for name in (edge[0], edge[2]):
        if name not in log.tasks:
            raise InputError(f"edge {number}: {shown(name)} waits for nothing in this log")
    if edge[1] not in locks:
        raise InputError(f"edge {number}: {shown(edge[1])} is none of {', '.join(locks)}")
    return (edge[0], edge[1], edge[2])


@checked
def waiting_pairs(number: object = ...) -> list[tuple[str, str]]:
    """A graph of a student, as pairs (who waits, for whom), with one circle in it."""
    draw = Draw("ps4", number)
    names = draw.some("graph", _PEOPLE, 6)
    around = draw.whole("around", 2, 4)
    edges = [(names[i], names[(i + 1) % around]) for i in range(around)]
    edges += [(names[i], names[draw.whole(f"tail {i}", 0, i - 1)]) for i in range(around, 6)]
    draw.random("shuffle").shuffle(edges)
    return edges


@checked
def check_around(tasks: object, number: object = ...) -> Answer:
    """Are `tasks` those of the circle in the student's graph?"""
    pairs = waiting_pairs(number)
    left = set(pairs)
    while True:  # who waits for nobody, or is waited for by nobody, is in no circle
        waiting, awaited = {one for one, _ in left}, {other for _, other in left}
        fewer = {(one, other) for one, other in left if other in waiting and one in awaited}
        if fewer == left:
            break
        left = fewer
    names = sorted({name for pair in pairs for name in pair})
    because: dict[object, str] = {
        name: f"nobody in the circle waits for {name}: it stands behind." for name in names
    }
    return check_list(tasks, sorted({one for one, _ in left}), names, because, what="task")


@checked
def check_log_circle(tasks: object, number: object = ...) -> Answer:
    """Are `tasks` those of the circle in the student's log?"""
    log = made_log(number)
    others = [each for each in _names(tasks) if each not in log.tasks]
    because: dict[object, str] = {
        each: f"{each} is in no circle: nobody in it waits for {each}."
        if any(each in line for line in log.lines)
        else f"{shown(each)} is not a task of this log."
        for each in others
    }
    return check_list(tasks, log.tasks, [*log.tasks, *others], because, what="task")


def _names(tasks: object) -> list[str]:
    """The texts in a student's list."""
    many = tasks if isinstance(tasks, list | tuple | set | frozenset) else ()
    return [each for each in many if isinstance(each, str)]


@checked
def check_circle_function(function: object, number: object = ...) -> Answer:
    """Does `function(edges)` find a circle wherever there is one, and give [] where there is none?

    It is tried on graphs that are made up from the number. Whatever circle it finds will do, from
    any of its tasks on.
    """
    try:
        code = fenced(written(function), {}, (), 1, plain=True)
    except InputError as error:
        return refused(error)
    graphs = list(_graphs(Draw("ps4", number).random("graphs")))
    for n, (edges, has) in enumerate(graphs):
        try:
            given = code.value(list(edges))
        except Exception as error:  # whatever a student's function does
            return Answer(
                False, with_stop(error_told(error, code.name)), (f"with edges = {edges}",)
            )
        wrong = _wrong_circle(given, edges, has)
        if wrong:
            details = (
                f"edges = {edges}",
                f"expected: {'a circle' if has else '[], for there is none'}",
                f"got: {shown(given)}",
            )
            return Answer(False, f"{wrong}.", details, 0.5 * n / len(graphs))
    return Answer(True, f"it is right about {len(graphs)} graphs.")


def _wrong_circle(given: Any, edges: list[tuple[str, str]], has: bool) -> str:
    """What is wrong with an answer about a graph, "" for nothing."""
    if not isinstance(given, list | tuple):
        return "the result must be a list of tasks, [] for none"
    if not given:
        return "there is a circle, and it finds none" if has else ""
    if any(each in given[:n] for n, each in enumerate(given)):
        return "a task is in the list twice"
    for one, other in zip(given, [*given[1:], given[0]], strict=True):
        if (one, other) not in edges:
            return f"{shown(one)} does not wait for {shown(other)}"
    return ""


def _graphs(random: random.Random) -> list[tuple[list[tuple[str, str]], bool]]:
    """Graphs with and without a circle: first the smallest of each kind, then some by chance."""
    found: list[tuple[list[tuple[str, str]], bool]] = [
        ([], False),
        ([("a", "b")], False),
        ([("a", "a")], True),
        ([("a", "b"), ("b", "a")], True),
        ([("a", "b"), ("b", "c"), ("c", "b")], True),
        ([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")], False),
        ([("x", "y"), ("a", "b"), ("b", "c"), ("c", "a")], True),
        ([("a", "b"), ("a", "c"), ("c", "a")], True),
    ]
    tasks = "abcdefgh"
    for _ in range(24):
        pairs = [(random.choice(tasks), random.choice(tasks)) for _ in range(random.randint(3, 9))]
        edges = list(dict.fromkeys(pairs))
        found.append((edges, _has_circle(edges)))
    return found


def _has_circle(edges: list[tuple[str, str]]) -> bool:
    """Take away who waits for nobody that is left; what stays waits in a circle, or for one."""
    left = list(edges)
    while True:
        waiting = {one for one, _ in left}
        fewer = [(one, other) for one, other in left if other in waiting]
        if len(fewer) == len(left):
            return bool(left)
        left = fewer
