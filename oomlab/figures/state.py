"""A machine at one moment: what each task does, who has which lock, where memory is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oomlab.analysis import (
    Span,
    WaitForGraph,
    moment_text,
    span_at,
    task_spans,
    wait_for_graph,
)
from oomlab.checked import checked
from oomlab.engine.trace.events import Json, Trace
from oomlab.figures.figure import Figure
from oomlab.figures.parts import MARGIN, Key, bar, label, legend, state_sign, swatch, text_lines
from oomlab.figures.state_facts import StateFacts, facts_at
from oomlab.figures.style import lock_style
from oomlab.figures.svg import WIDTH, Markup, document, element, line
from oomlab.figures.text import shortened, text_width, wrapped
from oomlab.figures.wording import STATE_NAMES, STEPWISE_RUNS, span_phrase

_TEXT = MARGIN + 28 + 10
"""Left edge of the text beside a swatch."""

_NAME_ROOM = 250.0
"""What the name of a task or a lock may take of a line (our choice)."""

_ROW = 21.0
_BARS = 190.0
_BAR_ROOM = 150.0
"""Length of a bar that stands for all pages there are: so bars can be compared between moments."""


@checked
def draw_state(trace: Trace, at_us: int, *, key: str = "") -> Figure:
    """Draw everything at `at_us` (a step, in a replayed schedule); give different keys to two
    copies on one page.

    Raises InputError for a negative moment.
    """
    graph = wait_for_graph(trace, at_us)
    facts = facts_at(trace, at_us)
    spans = task_spans(trace)
    now = {task.name: span_at(spans, task.name, at_us) for task in trace.tasks}
    moment = moment_text(trace, at_us)
    title = f"The machine at {moment} in {trace.scenario} under {trace.remedy}"
    sheet = _Sheet(trace, facts, now, graph, moment)
    description = _headline(facts, graph, moment)
    svg = document(sheet.parts, sheet.y, title, description, key)
    return Figure(svg, title, description, "\n".join((f"{title}.", *sheet.said)))


def _headline(facts: StateFacts, graph: WaitForGraph, moment: str) -> str:
    moved = f"{facts.mover} has moved" if facts.mover else "nobody has moved yet"
    size = len(graph.cycle)
    closed = f"; a cycle of {size} task{'s' if size > 1 else ''}" if size else ""
    return f"{moment}: {moved}{closed}"


class _Sheet:
    """Builds the picture and its twin from top to bottom; `y` is where the next thing goes."""

    def __init__(
        self,
        trace: Trace,
        facts: StateFacts,
        now: Mapping[str, Span],
        graph: WaitForGraph,
        moment: str,
    ) -> None:
        self.trace = trace
        self.facts = facts
        self.now = now
        self.stepwise = trace.engine == "schedule"
        self.in_cycle = {edge.waiter for edge in graph.cycle}
        ink = "blocked" if graph.cycle else "ink"
        head = shortened(_headline(facts, graph, moment), WIDTH - 2 * MARGIN)
        self.parts: list[Markup] = [label(MARGIN, 16, head, ink=ink)]
        self.said = [f"{_headline(facts, graph, moment)}."]
        self.y = 34.0
        self._tasks()
        self._locks()
        self._queues()
        self._variables()
        self._memory()
        keys = self._keys()
        if keys:
            drawn, height = legend(keys, self.y)
            self.parts.append(drawn)
            self.y += height
        self.y += 4

    def _heading(self, text: str) -> None:
        self.y += 4
        self.parts.append(
            line(
                MARGIN,
                self.y,
                WIDTH - MARGIN,
                self.y,
                class_="oom-rule",
                stroke="currentColor",
                stroke_width=1,
            )
        )
        self.y += 12
        self.parts.append(label(MARGIN, self.y, text, ink="muted"))
        self.y += 24

    def _tasks(self) -> None:
        self._heading("Tasks")
        idle = []
        for task in self.trace.tasks:
            span = self.now[task.name]
            if not task.foreground and span.state == "idle":
                idle.append(task.name)
                continue
            phrase = span_phrase(span, (), stepwise=self.stepwise)
            self._task(task.name, span, phrase)
            stack = " > ".join(self.facts.stacks.get(task.name, ()))
            self.said.append(f"{task.name} {phrase}{f', called by {stack}' if stack else ''}.")
        if idle:
            told = f"With nothing to do: {', '.join(idle)}"
            lines = wrapped(told, WIDTH - 2 * MARGIN)
            self.parts.append(text_lines(MARGIN, self.y - 10, lines))
            self.y += 18 * len(lines)
            self.said.append(f"{told}.")

    def _task(self, name: str, span: Span, phrase: str) -> None:
        self.parts.append(state_sign(span.state, MARGIN, self.y, 28, 14))
        if name == self.facts.mover:
            frame = element(
                "rect",
                class_="oom-runs",
                fill="none",
                stroke="currentColor",
                stroke_width=1.6,
                x=MARGIN - 6,
                y=self.y - 13,
                width=WIDTH - 2 * MARGIN + 12,
                height=41,
                rx=5,
            )
            self.parts.append(frame)
        known = shortened(name, _NAME_ROOM, bold=True)
        bold = element("text", known, x=_TEXT, y=self.y + 5, class_="oom-name")
        after = _TEXT + text_width(known, bold=True) + 8
        ink = "blocked" if name in self.in_cycle else "ink"
        room = WIDTH - MARGIN - after
        short = shortened(phrase.split(" (in ")[0], room)
        self.parts += [bold, label(after, self.y, short, ink=ink)]
        functions = _tail(self.facts.stacks.get(name, ()), WIDTH - MARGIN - _TEXT)
        self.parts.append(label(_TEXT, self.y + 17, functions, ink="muted"))
        self.y += 44

    def _locks(self) -> None:
        self._heading("Locks")
        for number, (name, value) in enumerate(self.facts.locks.items()):
            told = _holding(value)
            free = told == "free"
            self.parts.append(
                _outline(self.y) if free else bar(lock_style(number), MARGIN, self.y - 7, 28, 14)
            )
            waiters = [
                f"{t} {'polls' if s.state == 'polls' else 'waits'}"
                for t, s in self.now.items()
                if s.on == name and s.state in ("polls", "blocked")
            ]
            whole = "; ".join((told, *waiters))
            short = shortened(name, _NAME_ROOM, bold=True)
            self.parts.append(element("text", short, x=_TEXT, y=self.y + 5, class_="oom-name"))
            after = _TEXT + text_width(short, bold=True) + 8
            room = WIDTH - MARGIN - after
            ink = "muted" if free and not waiters else "ink"
            for text in wrapped(whole, room):
                self.parts.append(label(after, self.y, text, ink=ink))
                self.y += 18
            self.said.append(f"{name}: {whole}.")
            self.y += _ROW - 18

    def _queues(self) -> None:
        """Tasks that only wait for work are named elsewhere, but for the thread of the chain."""
        idle = {t for t, s in self.now.items() if s.state == "idle"}
        shown = {
            name: sleepers
            for name, sleepers in self.facts.queues.items()
            if self.trace.facts(name).protocol or set(sleepers) - idle
        }
        if not shown:
            return
        self._heading("Wait queues")
        for name, sleepers in shown.items():
            told = f"{', '.join(sleepers)} sleep{'' if len(sleepers) > 1 else 's'}"
            told = told if sleepers else "nobody"
            self.parts.append(label(MARGIN, self.y, name))
            after = MARGIN + text_width(name) + 12
            ink = "ink" if sleepers else "muted"
            short = shortened(told, WIDTH - MARGIN - after)
            self.parts.append(label(after, self.y, short, ink=ink))
            self.said.append(f"Wait queue {name}: {told}.")
            self.y += _ROW

    def _variables(self) -> None:
        if not self.facts.words:
            return
        self._heading("Variables of the thread that runs the chain")
        for name, value in self.facts.words.items():
            shown = f"{name} = {_plain(value)}"
            self.parts.append(label(MARGIN, self.y, shortened(shown, WIDTH - 2 * MARGIN)))
            self.said.append(f"{shown}.")
            self.y += _ROW

    def _memory(self) -> None:
        self._heading("Pages")
        for name, pages in self.facts.pools.items():
            width = _BAR_ROOM * pages / max(self.facts.all_pages, 1)
            self.parts.append(label(MARGIN, self.y, shortened(name, _BARS - MARGIN - 8)))
            self.parts.append(
                line(
                    _BARS,
                    self.y - 8,
                    _BARS,
                    self.y + 8,
                    class_="oom-muted",
                    stroke="currentColor",
                    stroke_width=1.2,
                )
            )
            if pages:
                self.parts.append(
                    element(
                        "rect",
                        class_="oom-muted",
                        fill="currentColor",
                        x=_BARS,
                        y=self.y - 6,
                        width=max(width, 2),
                        height=12,
                    )
                )
            mark = f" (min {self.facts.min_marks[name]})" if name in self.facts.min_marks else ""
            self.parts.append(label(_BARS + max(width, 2) + 6, self.y, f"{pages}{mark}"))
            self.said.append(f"Pages in {name}: {pages}{mark}.")
            self.y += _ROW
        self.y -= 4

    def _keys(self) -> Sequence[Key]:
        shown = {
            span.state
            for task in self.trace.tasks
            if (span := self.now[task.name]).state in STATE_NAMES and span.state != "idle"
        }
        names = {**STATE_NAMES, "runs": STEPWISE_RUNS if self.stepwise else STATE_NAMES["runs"]}
        return [
            swatch(state)._replace(text=names[state]) for state in STATE_NAMES if state in shown
        ]


def _outline(middle: float) -> Markup:
    """The sample of a lock that nobody has."""
    return element(
        "rect",
        class_="oom-muted",
        fill="none",
        stroke="currentColor",
        x=MARGIN,
        y=middle - 7,
        width=28,
        height=14,
    )


def _holding(value: Json) -> str:
    if not isinstance(value, Mapping):
        return f"held by {value}" if value else "free"
    if value["writer"]:
        return f"written by {value['writer']}"
    readers = ", ".join(value["readers"])
    return f"read by {readers}" if readers else "free"


def _plain(value: Json) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _tail(stack: Sequence[str], room: float) -> str:
    """The chain of calls, or as many of its last ones as fit: the innermost says most."""
    for first in range(len(stack)):
        text = " › ".join(("…", *stack[first:]) if first else stack)
        if text_width(text) <= room:
            return text
    return shortened(stack[-1], room) if stack else "—"
