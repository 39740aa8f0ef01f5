"""The words that a text on the bench may use, and what each takes.

Nothing else can be named there. A `step` is one op and stands behind `yield`; a `routine` is
several and stands behind `yield from`; what `declares` stands at the beginning of a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.gfp import flags

ArgumentKind = Literal["mutex", "rwsem", "word", "queue", "pool", "number", "text", "value"]
"""What an argument is: one of the first five is declared by a text."""

KINDS: dict[ArgumentKind, str] = {
    "mutex": "a lock",
    "rwsem": "a reader-writer semaphore",
    "word": "a variable",
    "queue": "a wait queue",
    "pool": "a page pool",
    "number": "a number",
    "text": "a text in quotes",
    "value": "a value",
}
"""Each in a reader's words."""


LARGEST = 1 << 40
"""No number gets larger, whatever is done with it (our choice)."""

Where = tuple[str, int]
"""A text, and a line in it."""


@dataclass(frozen=True)
class Verb:
    """A word that is called. `takes`: the kinds of its arguments, the last `optional` of which may
    be left out. `about`: what it does, in a line."""

    name: str
    how: Literal["step", "routine", "declares"]
    takes: tuple[ArgumentKind, ...]
    about: str
    optional: int = 0
    gives: ArgumentKind = "value"

    @property
    def behind(self) -> str:
        """What it stands behind, with a blank; "" where it declares."""
        return {"step": "yield ", "routine": "yield from ", "declares": ""}[self.how]


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("mutex", "declares", ("text",), "a mutex; a spinlock as well", 1, "mutex"),
        Verb("rwsem", "declares", ("text",), "a reader-writer semaphore", 1, "rwsem"),
        Verb("word", "declares", ("value", "text"), "a variable and its first value", 2, "word"),
        Verb("queue", "declares", ("text",), "a queue that the device wakes", 1, "queue"),
        Verb(
            "lent_pages",
            "declares",
            ("number", "text"),
            "so many pages that the driver can give back",
            2,
            "pool",
        ),
        Verb("mutex_lock", "step", ("mutex",), "take a lock; sleep until it is free"),
        Verb("mutex_trylock", "step", ("mutex",), "take a lock if it is free; gives 1 or 0"),
        Verb("mutex_unlock", "step", ("mutex",), "let go of a lock"),
        Verb("spin_lock", "step", ("mutex",), "take a lock; spin until it is free"),
        Verb("spin_unlock", "step", ("mutex",), "let go of it"),
        Verb("down_read", "step", ("rwsem",), "take a semaphore for reading"),
        Verb("down_read_trylock", "step", ("rwsem",), "the same, if it can be had at once"),
        Verb("up_read", "step", ("rwsem",), "let go of it"),
        Verb("down_write", "routine", ("rwsem",), "take a semaphore for writing"),
        Verb("up_write", "step", ("rwsem",), "let go of it"),
        Verb("read", "step", ("word",), "gives the value of a variable"),
        Verb("write", "step", ("word", "value"), "set a variable"),
        Verb("swap", "step", ("word", "value"), "set a variable; gives its value before"),
        Verb("add", "step", ("word", "number"), "add to a variable; gives the sum"),
        Verb("wait_for", "step", ("word", "value"), "sleep until a variable has a value"),
        Verb("wake", "step", ("queue",), "wake everybody on a queue"),
        Verb("sleep", "step", ("number",), "sleep so many jiffies"),
        Verb("io", "step", ("number", "number"), "wait for a device: shortest, longest time in us"),
        Verb("log", "step", ("text",), "print a line"),
        Verb("choose", "step", ("number", "text"), "one of so many, decided elsewhere", 1),
        Verb("wait_event", "routine", ("queue", "word", "value"), "sleep until it is so"),
        Verb(
            "wait_event_timeout",
            "routine",
            ("queue", "word", "value", "number"),
            "the same for so many jiffies at most; gives 0 if they ran out",
        ),
        Verb("alloc_page", "routine", ("number",), "ask for a page; gives 1 or 0"),
        Verb("kmalloc", "routine", ("number",), "ask for a small object; gives 1 or 0"),
        Verb(
            "virtqueue_add_outbuf",
            "routine",
            ("number", "number"),
            "add a buffer of so many entries to a ring, which asks for memory with that mask if "
            "there are several (never since 7.2)",
        ),
        Verb("free_page", "routine", (), "give back the page that alloc_page gave"),
        Verb("lend_page", "routine", ("pool",), "put the page that alloc_page gave into a pool"),
        Verb(
            "give_back",
            "routine",
            ("pool", "number"),
            "make pages of a pool free, at most so many; gives how many",
            1,
        ),
        Verb("add_freed", "routine", ("word", "number"), "*freed += pages"),
        Verb("call_chain", "routine", (), "call every listener; gives the pages they freed"),
    )
}
"""All of them, by name."""

CHAIN_ONLY = frozenset({"call_chain"})
"""What only a remedy may call."""

NUMBERS: dict[str, int] = {
    **{name: getattr(flags, name) for name in dir(flags) if name.startswith("GFP_")},
    "__GFP_NOWARN": flags.NOWARN,
    "__GFP_NORETRY": flags.NORETRY,
    "__GFP_RETRY_MAYFAIL": flags.RETRY_MAYFAIL,
    "__GFP_NOFAIL": flags.NOFAIL,
    "__GFP_NOMEMALLOC": flags.NOMEMALLOC,
    "__GFP_DIRECT_RECLAIM": flags.DIRECT_RECLAIM,
    "__GFP_FS": flags.FS,
    "__GFP_IO": flags.IO,
}
"""Masks that can be named, in the numbers of 4.13."""


def words() -> list[dict[str, str]]:
    """What can be said, for a page that lists it: `name`, `call`, `about`."""
    return [
        {
            "name": verb.name,
            "call": f"{verb.behind}{verb.name}({_takes(verb)})",
            "about": verb.about,
        }
        for verb in VERBS.values()
    ]


def _takes(verb: Verb) -> str:
    must = len(verb.takes) - verb.optional
    names = [KINDS[kind].removeprefix("a ").replace(" in quotes", "") for kind in verb.takes]
    return ", ".join(name if i < must else f"[{name}]" for i, name in enumerate(names))


def fits(found: ArgumentKind, kind: ArgumentKind) -> bool:
    """May what is `found` stand where a `kind` is wanted?"""
    if kind == "value":
        return found in ("number", "text", "value")
    return found in (kind, "value")


def needs(name: str, kind: ArgumentKind, found: ArgumentKind) -> str:
    """What is said where a word was given the wrong thing."""
    return f"`{name}` needs {KINDS[kind]}: you gave it {KINDS[found]}"
