"""What is said of a slot where it is declared: its role, and the words for what is done to it.

Whoever reads a run knows no slot by its name. What pages are counted as given back, who can end a
wait, which write kills somebody, how a step is told: all that stands beside the slot, and travels
in the trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from string import Formatter
from typing import Literal, NamedTuple, get_args

from oomlab.brief import brief
from oomlab.engine.ops import WORDS, SlotKind
from oomlab.errors import ModelError

PoolRole = Literal["free", "lent", "rss", "outside", "kept"]
"""What the pages of a pool are: `free` to be allocated, `lent` by a listener of the OOM chain that
can give them back, the resident set (`rss`) of a process, held `outside` of all that is modelled
until somebody gives them back, or `kept` by whoever has them (a task's hand, a cache)."""

WordRole = Literal["plain", "kill", "freed", "request", "answer"]
"""What a word is: writing to a `kill` word sends SIGKILL to a process, a `freed` word is a sum to
which listeners add the pages that they gave back, a `request` is not 0 from when somebody asks for
a walk of the chain until that is answered, an `answer` is a pair (the number that a request wrote
elsewhere, the pages that were given back for it), and any other is `plain`."""

Crowd = Literal["work", "anybody"]
"""Who wakes a queue if it is not one task alone: whoever brings `work` for the task that sleeps
there (so that to sleep there is nothing worth telling), or `anybody` else."""

Role = Literal[
    "plain", "free", "lent", "rss", "outside", "kept", "kill", "freed", "request", "answer",
    "work", "anybody", "answered", "chain", "panic",
]  # fmt: skip
"""Every role. A queue that one task alone wakes is `answered`; `chain` is the semaphore of the
notifier chain, `panic` the word that says that the machine has panicked."""

_FIELDS = frozenset({"task", "pages", "on", "of", "function", "value", "but"})


class Answerer(NamedTuple):
    """The only task that ends a wait on a queue. A trace cannot tell: the wake-up may be exactly
    what never comes.

    `by`: its name. `gives`: what the waiter gets from it, as in "waits for `an answer` from rcu".
    """

    by: str
    gives: str


@dataclass(frozen=True, slots=True)
class Listener:
    """One that is called when the notifier chain is walked: its name, the function that is called,
    and its priority (higher is called earlier)."""

    name: str
    callback: str
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Says:
    """The words for one op on one slot.

    `small`: what a task does there if it is no more than a small step, beginning with the verb.
    `told`: a whole sentence about it, if it is worth one. Both may have the fields {task},
    {function}, {pages} ("3 pages" that were moved), {on} (the slot's name), {of} (whose it is),
    {value} (what was read or written) and {but} (what does not fit it; see trace/misgivings.py).
    `order`: as an order to the task. "" stands for the op's own words (a step without `told` is not
    told).
    """

    small: str = ""
    told: str = ""
    order: str = ""

    def __hash__(self) -> int:
        return hash(self.told or self.small or self.order)


Sayings = Mapping[str, Says | str]
"""Words by op. A key may name a value as well, which the op must have written: "write 1" (of a list
the first thing in it), or "write same" if it changed nothing. A text alone is a `small` one."""


@brief
@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a slot; see the roles. `of`: the process it is about. `answered_by`: the
    task that alone wakes the queue, and what it `gives`. `gives_up`: who has tried this lock in
    vain does not try again. `protocol`: the thread that runs the notifier chain shares it with
    those who ask. `mark`: how many pages ordinary requests leave in the pool (its min watermark).
    `calls`: the listeners of the chain, in the order in which they are called.
    """

    role: Role = "plain"
    of: str = ""
    answered_by: str = ""
    gives: str = ""
    gives_up: bool = False
    protocol: bool = False
    mark: int | None = None
    calls: tuple[Listener, ...] = ()
    says: dict[str, Says] = field(default_factory=dict)

    def said(self, op: str, value: object, which: Literal["small", "told", "order"]) -> str:
        """The words for an op that writes `value` (or any other op), "" if there are none."""
        if isinstance(value, list | tuple) and value:
            value = value[0]
        for key in (f"{op} {value}", op):
            text: str = getattr(self.says.get(key), which, "")
            if text:
                return text
        return ""


PLAIN = Facts()
"""Of a slot of which nothing is said."""


def facts(
    name: str,
    kind: SlotKind,
    role: Role,
    says: Sayings | None = None,
    *,
    of: str = "",
    gives_up: bool = False,
    protocol: bool = False,
    mark: int | None = None,
) -> Facts:
    """What is said of the slot `name`; see Facts. Raises ModelError for words that do not fit, and
    where a role asks for something that is missing."""
    found, wrong = _facts(
        kind, role, of, gives_up, protocol, mark, tuple(says.items()) if says else ()
    )
    if wrong:
        raise ModelError(wrong.replace("{}", repr(name)))
    return found


@cache  # a model is built anew for every run, from the same declarations
def _facts(
    kind: SlotKind,
    role: Role,
    of: str,
    gives_up: bool,
    protocol: bool,
    mark: int | None,
    says: tuple[tuple[str, Says | str], ...],
) -> tuple[Facts, str]:
    """The facts, and what is wrong with them ("" for nothing; {} stands for the slot's name)."""
    words = {key: Says(text) if isinstance(text, str) else text for key, text in says}
    found = Facts(role, of, gives_up=gives_up, protocol=protocol, mark=mark, says=words)
    return found, _wrong_words(kind, words) or _missing(found)


def _wrong_words(kind: SlotKind, says: Mapping[str, Says]) -> str:
    fit = [op for op, words in WORDS.items() if words.on == kind]
    for key, words in says.items():
        op = key.split(" ")[0]
        if op not in fit:
            return f"{{}} has words for {op!r}, which is no op on a {kind}; valid: {', '.join(fit)}"
        said = words.told + words.small
        fields = {part[1] for part in Formatter().parse(said)} - {None}
        if not _FIELDS.issuperset(fields):
            valid = ", ".join(f"{{{each}}}" for each in sorted(_FIELDS))
            return f"{{}} is told with {{{min(map(str, fields - _FIELDS))}}}; valid: {valid}"
        if words.small and (never := _never_small(op, words, says)):
            return f"{{}} has small words for {key!r} that nobody would see: {never}"
    return ""


def _never_small(op: str, words: Says, says: Mapping[str, Says]) -> str:
    """Why such a step is never told as a small one; "" if it may be."""
    if WORDS[op].told:
        return "such a step has a sentence of its own; give another with told="
    if op == "move":  # one that moves nothing is a small step whatever else is told
        return ""
    general = says.get(op, Says())
    return "what it says with told= stands for them" if words.told or general.told else ""


def _missing(found: Facts) -> str:
    if found.role == "rss" and not found.of:
        return "say whose pages {} holds: of=, the name of the process"
    if found.role == "kill" and not found.of:
        return "say who is killed by {}: of=, the name of the process"
    if found.role == "lent" and not any(words.told for words in found.says.values()):
        return (
            "{} is lent: say how it is told that its pages come back, for instance "
            'says={"move": Says(told="{pages} come back from the cache ({task})")}'
        )
    return ""


def pool_facts(
    name: str, role: PoolRole | None, says: Sayings | None, of: str, mark: int | None
) -> Facts:
    """What is said of a pool. Raises ModelError as `facts` does, and if it has no role."""
    if role is None:
        raise ModelError(
            f"say what the pages of {name!r} are: role=, one of {', '.join(get_args(PoolRole))}"
        )
    return facts(name, "pool", role, says, of=of, mark=mark)


def queue_facts(
    name: str, woken_by: Answerer | Crowd | None, says: Sayings | None, protocol: bool
) -> Facts:
    """What is said of a queue. Raises ModelError as `facts` does, and if it is not said who wakes
    it."""
    if woken_by is None:
        raise ModelError(
            f"say who wakes {name!r}: woken_by=, an Answerer(task, what it gives) or one of "
            f"{', '.join(get_args(Crowd))}"
        )
    if not isinstance(woken_by, Answerer):
        return facts(name, "queue", woken_by, says, protocol=protocol)
    if not all(woken_by):
        raise ModelError(f"the answer on {name!r} must say by= whom it comes and what it gives=")
    found = facts(name, "queue", "answered", says, protocol=protocol)
    return replace(found, answered_by=woken_by.by, gives=woken_by.gives)
