"""Which part of the book explains a finding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section: the `page` (name of the file in `book/`), the `anchor` of its heading, and what
    the link says."""

    page: str
    anchor: str
    title: str

    @property
    def href(self) -> str:
        """The address within the built site, from a page of the book."""
        return f"{self.page}.html#{self.anchor}"


CHAPTERS: dict[str, Chapter] = {
    "circle": Chapter("report", "who-holds-what", "A lock held across an allocation"),
    "circle by polling": Chapter(
        "report", "the-form-with-three-tasks", "The form with three tasks"
    ),
    "request inside": Chapter("second-report", "where-it-can", "A request inside the callback"),
    "object's lock": Chapter("listeners", "i915", "i915, one of the five listeners"),
    "cmm's lock": Chapter("listeners", "pseries-cmm", "pseries cmm, one of the five listeners"),
    "answer": Chapter("listeners", "virtio-balloon", "virtio_balloon, one of the five listeners"),
    "gpu": Chapter("listeners", "i915", "i915, one of the five listeners"),
    "rcu": Chapter("listeners", "rcu", "RCU, one of the five listeners"),
    "behind oom_lock": Chapter(
        "running-out", "a-round-can-be-long", "A round of the slow path can be long"
    ),
    "chain": Chapter("chain", "one-list-five-names", "Who is called when memory has run out"),
    "removal": Chapter("review", "you-are-the-reviewer", "Reviewing the patch"),
    "lockdep": Chapter("lockdep", "what-the-log-says", "Lockdep: what the log says"),
    "no kill": Chapter("running-out", "one-round-of-the-slow-path", "One round of the slow path"),
    "may not kill": Chapter("gfp-masks", "which-exits-are-open", "Which exits a mask leaves open"),
    "asked too early": Chapter("merged", "asked-too-early", "Asked too early"),
    "storm": Chapter("five-seconds", "the-downtime", "The downtime"),
    "waiting limit": Chapter("five-seconds", "a-floor", "Five seconds under a lock"),
    "kswapd": Chapter(
        "chain", "three-ways-in-and-one-that-goes-past", "Three ways in, and one that goes past"
    ),
    "reaper": Chapter(
        "running-out",
        "not-all-free-pages-are-for-everybody",
        "Not all free pages are for everybody",
    ),
    "group": Chapter(
        "chain", "three-ways-in-and-one-that-goes-past", "Three ways in, and one that goes past"
    ),
    "puff": Chapter(
        "nowait", "what-it-costs-a-balloon-that-does-not-grow", "A balloon that does not grow"
    ),
    "failure": Chapter("gfp-masks", "which-exits-are-open", "Which exits a mask leaves open"),
    "stall": Chapter("running-out", "a-round-can-be-long", "A round of the slow path can be long"),
    "panic": Chapter("running-out", "one-round-of-the-slow-path", "One round of the slow path"),
    "thread": Chapter("offload", "when-the-callback-is-stuck", "A thread, a flag, two wait queues"),
    "ordinary": Chapter("running-out", "one-round-of-the-slow-path", "Running out of memory"),
}
"""By what a finding is about."""
