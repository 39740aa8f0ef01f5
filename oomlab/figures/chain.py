"""One invocation of out_of_memory, from top to bottom: who asks, the listeners, the decision."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.analysis.chain_walk import OomInvocation, Visit
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, label
from oomlab.figures.svg import Markup, element, group, line
from oomlab.figures.text import shortened, text_width, wrapped
from oomlab.gfp.tables import table
from oomlab.listeners.registrants import REGISTRANTS

_TOP = 10.0
_LINE = 18.0
_GAP = 14.0
_PAD = 8.0
_LEFT = MARGIN + 26.0
_SPINE = MARGIN + 8.0


@dataclass(frozen=True)
class _Box:
    """A box of the picture: a bold `name`, what stands at its right edge, and lines of text.

    `ink`: how its frame is drawn; "muted" with dots for what is never reached.
    """

    name: str
    right: str
    lines: tuple[str, ...]
    ink: str
    reached: bool = True


def draw_chain(asked: OomInvocation, caller: str, *, key: str = "") -> Figure:
    """Draw an invocation; `caller` says in a few words who asks. Give different keys to two copies
    on one page."""
    boxes = _boxes(asked)
    title = f"out_of_memory, asked by {caller}"
    description = outcome_sentence(asked)

    def draw(width: float) -> Sheet:
        parts: list[str] = []
        top = _TOP
        for box in boxes:
            box_parts, bottom = _box(box, top, width)
            parts.append(group(*box_parts, data_thing=box.name))
            top = bottom + _GAP
        bottom = top - _GAP
        spine = line(
            _SPINE, _TOP, _SPINE, bottom, class_="oom-muted", stroke="currentColor",
            stroke_width=1.4,
        )  # fmt: skip
        return Sheet([spine, *parts], bottom + 10)

    return drawn(draw, title, description, _twin(boxes, title, description), key=key)


def outcome_sentence(asked: OomInvocation) -> str:
    """What the invocation came to, in a sentence."""
    if any(stop.stuck for stop in asked.stops):
        return f"The walk is stuck in {asked.stops[-1].listener.name}; nobody decides anything."
    if asked.freed and asked.victim:
        return f"The sum is {asked.freed}, and {asked.victim} is killed all the same."
    if asked.freed:
        return (
            f"The sum is {asked.freed}, more than 0: nobody is killed, and the caller tries again."
        )
    why = "No listener is asked" if asked.memcg else "The sum is 0"
    if asked.victim:
        return f"{why}, and {asked.victim} is killed."
    return f"{why}, and the caller may not have anybody killed: it is told to try again."


def _boxes(asked: OomInvocation) -> tuple[_Box, ...]:
    reached = [stop.listener.name for stop in asked.stops]
    listeners = [_listener(stop) for stop in asked.stops]
    listeners += [
        _Box(found.name, f"priority {found.priority}", ("not called",), "muted", False)
        for found in REGISTRANTS.values()
        if found.name not in reached
    ]
    decided = not any(stop.stuck for stop in asked.stops)
    return (_entry(asked), *listeners, *_decision(asked, decided))


def _entry(asked: OomInvocation) -> _Box:
    how = "waits until it has" if asked.waited else "tries, and gets,"
    return _Box(asked.task, _mask(asked), (f"{how} oom_lock",), "runs")


def _mask(asked: OomInvocation) -> str:
    if asked.memcg:
        return "GFP_KERNEL, for its group"
    if asked.gfp is None:
        return "GFP_KERNEL, by hand" if asked.waited else "mask 0"
    names = {value: name for name, value in table("4.13").printed()}
    return names.get(asked.gfp, f"{asked.gfp:#x}")


def _listener(stop: Visit) -> _Box:
    found = stop.listener
    did = []
    if stop.locks:
        did.append(f"takes {', '.join(stop.locks)}")
    if stop.waited_for:
        did.append(f"waits for {', '.join(stop.waited_for)}")
    if stop.requests:
        did.append(f"asks for memory {stop.requests} times")
    if not did:
        did.append("takes no lock, waits for nothing")
    last = "it never comes back" if stop.stuck else f"adds {stop.pages} to the sum"
    ink = "blocked" if stop.stuck else "runs"
    return _Box(found.name, f"priority {found.priority}", ("; ".join(did), last), ink)


def _decision(asked: OomInvocation, decided: bool) -> tuple[_Box, ...]:
    may_kill = bool(asked.victim)
    settled = decided and asked.freed > 0 and not may_kill
    done = decided and not settled
    sum_text = "not looked at" if asked.memcg else f"it is {asked.freed}"
    if not decided:
        sum_text = "never looked at"
    fs = "no: back to the caller, nobody is killed"
    if may_kill:
        fs = (
            f"{'the mask is 0' if _mask(asked) == 'mask 0' else 'yes'}: it may have somebody killed"
        )
    return (
        _Box(
            "sum > 0?",
            "",
            (f"{sum_text}{': nobody is killed' if settled else ''}",),
            "runs" if decided and not asked.memcg else "muted",
            decided and not asked.memcg,
        ),
        _Box("__GFP_FS?", "", (fs if done else "not asked",), "runs" if done else "muted", done),
        _Box(
            "kill",
            "",
            (asked.victim or "nobody",),
            "blocked" if may_kill else "muted",
            may_kill,
        ),
    )


def _box(box: _Box, top: float, width: float) -> tuple[list[Markup], float]:
    """A box from `top` on; result: the drawing, and where it ends. What stands at the right edge
    goes below the name where both have no room in one line."""
    room = width - MARGIN - _LEFT - 2 * _PAD
    beside = text_width(box.name, bold=True) + text_width(box.right) + 12 <= room
    texts = box.lines if beside or not box.right else (box.right, *box.lines)
    lines = [piece for text in texts for piece in wrapped(text, room)]
    height = _LINE * (1 + len(lines)) + 2 * _PAD - 4
    text = "ink" if box.reached else "muted"
    middle = top + _PAD + _LINE / 2 - 2
    frame = element(
        "rect",
        class_=f"oom-{box.ink}",
        fill="none",
        stroke="currentColor",
        stroke_width=2.6 if box.ink == "blocked" else 1.6,
        stroke_dasharray=None if box.reached else "2 4",
        x=_LEFT,
        y=top,
        width=width - MARGIN - _LEFT,
        height=height,
        rx=3 if box.ink == "blocked" else 8,
    )
    dot = element(
        "circle",
        class_=f"oom-{box.ink}",
        fill="currentColor" if box.reached else "none",
        stroke="currentColor",
        cx=_SPINE,
        cy=middle,
        r=5,
    )
    name = element(
        "text",
        shortened(box.name, room, bold=True),
        x=_LEFT + _PAD,
        y=middle + 5,
        class_="oom-name" if box.reached else "oom-name oom-muted",
    )
    right = label(width - MARGIN - _PAD, middle, box.right, ink="muted", anchor="end")
    below = group(
        *(
            label(_LEFT + _PAD, middle + _LINE * (i + 1), piece, ink=text)
            for i, piece in enumerate(lines)
        )
    )
    return [frame, dot, name, *([right] if beside and box.right else []), below], top + height


def _twin(boxes: tuple[_Box, ...], title: str, description: str) -> str:
    said = [f"{title}."]
    for box in boxes:
        right = f" ({box.right})" if box.right else ""
        said.append(f"{box.name.rstrip('?')}{right}: {'; '.join(box.lines)}.")
    return "\n".join((*said, description))
