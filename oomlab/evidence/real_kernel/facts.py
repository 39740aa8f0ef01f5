"""What is known of one run, of a real kernel or of the model: the same for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oomlab.brief import brief


@brief
@dataclass(frozen=True)
class RunFacts:
    """One run of a case on a release.

    `outcome`: served, locked up, called or not called; the model's may be panicked, as a guest that
    panics is no run that is kept. `stall_ms`: per round, how long X waited.
    `calls` of the notifier; `kills`, and when, in milliseconds after the first call.
    `callback_pages`: how many pages the callback was given, call by call. `hung`: whom the
    hung-task detector named, and as blocked by whom ("" where it does not say). `stall_lines`: whom
    the allocator warned about. `pressure`: the share of the first `pressure_s` seconds in which all
    who were not idle were stalled on memory; None where the run was over before it was looked at.
    `clock`: "counted" or "host" of a guest, "model" of the model, whose `number` is the seed.
    """

    release: str
    case: str
    number: int
    clock: str
    outcome: str
    stall_ms: tuple[float, ...] = ()
    calls: int = 0
    kills: int = 0
    killed_at_ms: tuple[float, ...] = ()
    callback_pages: tuple[int, ...] = ()
    hung: Mapping[str, str] = field(default_factory=dict)
    stall_lines: tuple[str, ...] = ()
    pressure: float | None = None
    pressure_s: int | None = None
