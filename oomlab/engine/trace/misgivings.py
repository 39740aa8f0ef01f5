"""What is wrong with an answer: what a task takes for an answer to its request, and is none.

A trace holds it all: when somebody asked for a walk of the notifier chain, when the walk began, how
many pages it found, and which number was read in the end. Nobody of those who run can see it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from oomlab.engine.trace.events import Event, Trace

_WORDS = ("freed", "request")
"""The roles of the words by which one asks and answers."""


@dataclass(slots=True)
class _Walk:
    """A walk of the chain: who walks, what was found, and whether it is over."""

    walker: str
    found: int = 0
    over: bool = False


@dataclass(slots=True)
class _Conversation:
    """What has been asked and what was walked for, up to some event. `asked`: by task, how many
    walks had begun when it asked last. `values`: of the words of the conversation."""

    values: dict[str, int]
    walks: list[_Walk] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)

    def walk_of(self, task: str) -> _Walk | None:
        """The walk that a task is in."""
        return next((w for w in reversed(self.walks) if w.walker == task and not w.over), None)

    def note(self, trace: Trace, event: Event) -> None:
        """Take one more event in."""
        role = trace.facts(event.on).role
        if event.condition != "done":
            return
        now = event.changes.get(event.on, self.values.get(event.on, 0))
        if role == "chain" and event.op == "down_read":
            self.walks.append(_Walk(event.task))
        elif role == "chain" and event.op == "up_read":
            if walk := self.walk_of(event.task):
                walk.over = True
        elif role == "request" and event.op == "write" and now:
            self.asked[event.task] = len(self.walks)
        elif role == "freed" and (walk := self.walk_of(event.task)):
            walk.found += now - self.values.get(event.on, 0)
        if role in _WORDS:
            self.values[event.on] = now


def misgiving(trace: Trace, event: Event) -> str:
    """What does not fit an event in which somebody takes an answer, or gives one, as a clause that
    begins with a comma; "" for every other event, and if nothing is wrong with it."""
    role = trace.facts(event.on).role
    if event.condition != "done" or role not in _WORDS:
        return ""
    words = {slot.name: slot.initial for slot in trace.slots if slot.facts.role in _WORDS}
    before = _Conversation(words)
    for each in trace.events:
        if each is event:
            break
        before.note(trace, each)
    if role == "freed" and event.op == "read" and not before.walk_of(event.task):
        return _taken(before, event)
    if role == "request" and event.op == "write" and event.changes.get(event.on) == 0:
        return _answered(before, event)
    return ""


def _taken(before: _Conversation, event: Event) -> str:
    """Somebody takes a sum of pages as found for the request that was made last."""
    asked_at = before.asked.get(event.task)
    if asked_at is None or not event.result:
        return ""
    if asked_at >= len(before.walks):
        return ", although no walk was begun for its request"
    walk = before.walks[-1]
    if not walk.over:
        return ", although the walk for it is not over"
    if walk.found != event.result:
        return f", although the walk for it found {walk.found}"
    return ""


def _answered(before: _Conversation, event: Event) -> str:
    """A thread calls all requests answered."""
    late = [task for task, at in before.asked.items() if at >= len(before.walks)]
    return f", although no walk was begun for the request of {', '.join(late)}" if late else ""
