"""Ways to break the model, to see which entries of the ledger notice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oomlab.engine.ops import Routine
from oomlab.evidence.ledger.claims.first_report import TABLE
from oomlab.gfp import flags as gfp
from oomlab.gfp.request_outcome import Ending
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import BlockingNotifierChain
from oomlab.kernel.task import Task
from oomlab.listeners.pseries_cmm import PseriesCmm
from oomlab.remedies import REMEDIES

Break = Callable[[pytest.MonkeyPatch], None]


def remedy(name: str, **knobs: object) -> Break:
    """A remedy is no longer what it is called."""

    def do(patch: pytest.MonkeyPatch) -> None:
        patch.setitem(REMEDIES, name, REMEDIES[name].but(**knobs))

    return do


def the_fill_request_may_not_block(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gfp, "BALLOON_INFLATE", gfp.GFP_NOWAIT)


def the_call_sites_ask_for_nothing(patch: pytest.MonkeyPatch) -> None:
    for site in tuple(TABLE.sites):
        patch.setitem(TABLE.sites, site, 0)


def every_request_fails(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("oomlab.gfp.request_outcome._ending", lambda *_: Ending.FAILS_CANNOT_SLEEP)


def no_flag_is_ever_void(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("oomlab.gfp.equivalence.void_flags", lambda _: {})


def requests_of_callbacks_never_wait(patch: pytest.MonkeyPatch) -> None:
    def kmalloc(machine: Machine, current: Task, mask: int) -> Routine:
        yield from ()
        return True

    for module in ("virtio_ring", "virtio_ccw", "i915_gem_shrinker"):
        patch.setattr(f"oomlab.listeners.{module}.kmalloc", kmalloc)


def one_entry_is_allocated_for_as_well(patch: pytest.MonkeyPatch) -> None:
    from oomlab.kernel.slab import kmalloc

    def virtqueue_add_outbuf(
        machine: Machine, current: Task, total_sg: int, mask: int, indirect: bool
    ) -> Routine:
        yield from kmalloc(machine, current, mask)

    patch.setattr("oomlab.listeners.virtio_balloon.virtqueue_add_outbuf", virtqueue_add_outbuf)


def nobody_can_register(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BlockingNotifierChain, "register", lambda *_: None)


def the_pseries_callback_gives_nothing(patch: pytest.MonkeyPatch) -> None:
    def nothing(self: PseriesCmm, current: Task, freed: object) -> Routine:
        yield from ()

    patch.setattr(PseriesCmm, "cmm_oom_notify", nothing)
