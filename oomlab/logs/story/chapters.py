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
    "circle": Chapter("report", "from-when-on-is-it-too-late", "A request that cannot hang"),
    "circle by polling": Chapter("report", "three-tasks", "Three tasks"),
    "request inside": Chapter(
        "second-report", "who-else-breaks-the-rule", "A request inside the callback"
    ),
    "object's lock": Chapter("listeners", "i915", "i915, one of the five listeners"),
    "cmm's lock": Chapter("listeners", "pseries-cmm", "pseries cmm, one of the five listeners"),
    "answer": Chapter("listeners", "virtio-balloon", "virtio_balloon, one of the five listeners"),
    "gpu": Chapter("listeners", "i915", "i915, one of the five listeners"),
    "rcu": Chapter("listeners", "rcu", "RCU, one of the five listeners"),
    "behind oom_lock": Chapter(
        "running-out", "how-long-is-a-round", "A round of the slow path can be long"
    ),
    "chain": Chapter("chain", "for-whom-are-they-called", "Who is called when memory has run out"),
    "removal": Chapter("review", "repair-it-and-break-the-repair", "Reviewing the patch"),
    "lockdep": Chapter("lockdep", "what-the-log-says", "Lockdep: what the log says"),
    "no kill": Chapter("running-out", "one-round-of-the-slow-path", "One round of the slow path"),
    "may not kill": Chapter(
        "gfp-masks", "which-bit-lets-a-request-sleep", "Which exits a mask leaves open"
    ),
    "asked too early": Chapter("merged", "asked-too-early", "Asked too early"),
    "storm": Chapter("five-seconds", "who-else-waits", "Who else waits"),
    "waiting limit": Chapter("five-seconds", "a-floor", "Five seconds under a lock"),
    "kswapd": Chapter("chain", "who-else-may-call", "Who else may call"),
    "reaper": Chapter(
        "slow-path",
        "who-may-go-below-which-mark",
        "Who may go below which mark",
    ),
    "group": Chapter("chain", "check-yourself", "A container at its limit"),
    "puff": Chapter("nowait", "what-does-it-cost", "What it costs not to wait"),
    "failure": Chapter(
        "gfp-masks", "which-bit-lets-a-request-sleep", "Which exits a mask leaves open"
    ),
    "stall": Chapter("running-out", "how-long-is-a-round", "A round of the slow path can be long"),
    "panic": Chapter("running-out", "one-round-of-the-slow-path", "One round of the slow path"),
    "thread": Chapter("offload", "when-the-callback-is-stuck", "A thread, a flag, two wait queues"),
    "ordinary": Chapter("running-out", "one-round-of-the-slow-path", "Running out of memory"),
}
"""By what a finding is about."""
