"""What is said of the five listeners agrees with what a run of each shows."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.analysis.chain_walk import Visit, first_invocation
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.listeners.i915_gem_shrinker import I915
from oomlab.listeners.pseries_cmm import PseriesCmm
from oomlab.listeners.rcu_tree_plugin import RcuTreePlugin
from oomlab.listeners.registrant import Demonstration, Registrant
from oomlab.listeners.registrants import (
    LISTED,
    REGISTRANTS,
    entry_markdown,
    find_registrant,
    summary_markdown,
)
from oomlab.listeners.s390_cmm import S390Cmm
from oomlab.listeners.virtio_balloon import VirtioBalloon
from oomlab.scenarios.five_listeners import FIVE_LISTENERS
from tests.kernel.solo import machine

EVIDENCE = [(r, e) for r in REGISTRANTS.values() for e in r.evidence]


LISTED_NUMBERED = [REGISTRANTS[listed.name] for listed in LISTED]


def alone(name: str) -> Trace:
    """A walk with this listener only."""
    return run("five-listeners", "mainline", {"listeners": REGISTRANTS[name].number})


def stop_of(name: str) -> Visit:
    asked = first_invocation(alone(name))
    assert asked is not None
    (stop,) = asked.stops
    assert stop.listener.name == name
    return stop


@pytest.mark.parametrize(
    ("listener", "shown"),
    EVIDENCE,
    ids=[f"{r.name}-{e.scenario}-{i}" for i, (r, e) in enumerate(EVIDENCE)],
)
def test_each_run_ends_as_it_is_said_to(listener: Registrant, shown: Demonstration) -> None:
    assert run(shown.scenario, "mainline", shown.settings).verdict == shown.verdict


def test_the_registry_numbers_them_and_the_scenario_takes_its_numbers() -> None:
    """In the order of registration; nobody counts by hand."""
    assert [r.number for r in LISTED_NUMBERED] == list(range(1, len(LISTED) + 1))
    (parameter,) = (p for p in FIVE_LISTENERS.parameters if p.name == "listeners")
    assert parameter.only == (0, *(r.number for r in LISTED_NUMBERED))
    for listener in LISTED_NUMBERED:
        assert f"{listener.number} {listener.title}" in parameter.meaning


@pytest.mark.parametrize("name", REGISTRANTS)
def test_a_callback_takes_the_locks_that_are_listed(name: str) -> None:
    assert stop_of(name).locks == REGISTRANTS[name].locks


def test_the_chain_has_them_under_these_names_with_these_priorities_and_callbacks() -> None:
    on = machine()
    RcuTreePlugin.register(on)
    PseriesCmm.init(on, pages=1)
    S390Cmm.init(on)
    I915.init(on)
    VirtioBalloon.probe(on, pages=1)
    chain = [(b.name, b.priority, b.callback.__name__) for b in on.oom_notify_list.blocks]
    assert chain == [(r.name, r.priority, r.callback) for r in REGISTRANTS.values()]


@pytest.mark.parametrize("name", REGISTRANTS)
def test_whose_hazards_are_listed_is_not_safe_and_the_other_way_round(name: str) -> None:
    listener = REGISTRANTS[name]
    assert bool(listener.direct or listener.indirect) == (listener.safety != "safe")
    jams = [e for e in listener.evidence if e.verdict in ("deadlock", "livelock")]
    assert bool(jams) == (listener.safety != "safe" or listener.endless)


@pytest.mark.parametrize("name", ["rcu", "pseries_cmm", "s390_cmm"])
def test_who_is_said_to_wait_for_nothing_in_a_first_walk_does_not(name: str) -> None:
    stop = stop_of(name)
    assert (stop.waited_for, stop.requests) == ((), 0)


def test_the_balloon_waits_for_its_host() -> None:
    assert stop_of("virtio_balloon").waited_for == ("acked",)


def test_who_is_said_to_allocate_is_seen_to() -> None:
    for scenario, listener in (
        ("h3b-ccw-config-write", "virtio_balloon"),
        ("h3c-i915-fence-array", "i915"),
    ):
        asked = first_invocation(run(scenario))
        assert asked is not None
        assert asked.stops[-1].listener.name == listener
        assert asked.stops[-1].requests
        assert asked.stops[-1].stuck


def test_only_rcu_adds_nothing() -> None:
    pages = {name: stop_of(name).pages for name in REGISTRANTS}
    assert [name for name, given in pages.items() if not given] == ["rcu"]


def test_the_pages_of_a_machine_that_had_all_five_are_added_up() -> None:
    asked = first_invocation(run("five-listeners"))
    assert asked is not None
    assert asked.freed == sum(stop.pages for stop in asked.stops) == 4 * 256
    assert [stop.listener.name for stop in asked.stops] == list(REGISTRANTS)


def test_a_page_of_all_five_names_each_once() -> None:
    assert all(summary_markdown().count(f"| {name} |") == 1 for name in REGISTRANTS)
    columns = {line.count("|") for line in summary_markdown().splitlines()}
    assert len(columns) == 1
    assert "h7-pseries-hotplug` with `hot_remove=0`" in entry_markdown("pseries_cmm")


def test_an_unknown_listener_is_refused_with_the_five() -> None:
    with pytest.raises(InputError, match="i915"):
        find_registrant("vmw_balloon")
