"""May it kill? By the path on which the OOM killer is called, and by release.

Five callers reach out_of_memory (mm/oom_kill.c), and each has its own rules. What a mask says
counts for two of them only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.gfp.predicates import (
    Request,
    below_normal,
    costly,
    invokes_notifiers,
    may_block,
    may_kill,
)
from oomlab.kernel_release import KernelRelease
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Masks of other releases",
        "Numbers and names are those of each release; what a request may do is what 4.13 does with "
        "it, but for what is said to differ: who may sleep and who wakes kswapd (4.4), when "
        "`__GFP_FS` is asked for (4.7), what `__GFP_NOFAIL` overrules (4.11), the reserves, and "
        "who calls the OOM killer.",
    ),
)


class OomPath(Enum):
    """Who calls the OOM killer."""

    ALLOCATOR = "page allocator"
    PAGE_FAULT = "page fault"
    MEMCG = "memory cgroup"
    SYSRQ = "SysRq-f"
    KSWAPD = "kswapd"


@brief
@dataclass(frozen=True)
class KillAnswer:
    """May a call on `path` have somebody killed (`kills`), does it run the OOM notifiers before
    that (`notifies`), and `why`, in one sentence."""

    path: OomPath
    kills: bool
    notifies: bool
    why: str


FAULTS_RETRY = KernelRelease(5, 16)
"""The first release in which a page fault no longer calls the OOM killer (60e2793d440a)."""

SYSRQ_INSISTS = KernelRelease(5, 17)
"""The first in which pages that listeners freed do not end a SysRq-f."""

KSWAPD_CALLS = KernelRelease(6, 1)
"""The first in which kswapd may call it (lru_gen_age_node)."""

_FAULTS_TOOK_BACK = (
    "updates of November 2021 took that back (4.14.256; those of other series not established)"
)
_MEMCG_FROM_FAULTS = KernelRelease(4, 19)
"""Until the release before, a memory cgroup's OOM was put off to the end of a user's page fault."""

_MEMCG_NEEDS_FS = (KernelRelease(4, 7), KernelRelease(5, 4))
"""From the first and before the second, a charge without __GFP_FS could not kill (3da88fb3bacf;
f9c645621a28, the release of which is from memory)."""

_MAYFAIL_CHARGE = "__GFP_RETRY_MAYFAIL: the charge fails instead"


@checked
def may_kill_on(path: OomPath, request: Request) -> KillAnswer:
    """May a call on `path` kill? `request` is what the report prints (0x0 where it prints that),
    with its order and the kernel that printed it."""
    return _ANSWERS[path](request)


@checked
def kill_answers(request: Request) -> tuple[KillAnswer, ...]:
    """The answers of all paths."""
    return tuple(_ANSWERS[path](request) for path in OomPath)


def _allocator(request: Request) -> KillAnswer:
    return KillAnswer(
        OomPath.ALLOCATOR, may_kill(request), invokes_notifiers(request), _allocators_why(request)
    )


def _allocators_why(request: Request) -> str:
    if may_kill(request):
        return "it runs the OOM notifiers, and kills if they free nothing"
    if not may_block(request):
        if not request.mask:
            return "0x0 permits nothing; reports of page faults and of SysRq-f may print it"
        return "it may not sleep, so it fails before it comes to the OOM killer"
    if request.has("__GFP_NORETRY"):
        return "__GFP_NORETRY: it gives up after one round of reclaim"
    if costly(request):
        return f"order {request.order} is costly (above 3): nobody is killed for so many pages"
    if request.has("__GFP_RETRY_MAYFAIL"):
        return "__GFP_RETRY_MAYFAIL: it would rather fail"
    if below_normal(request):
        return "nobody is killed for a zone below ZONE_NORMAL"
    if request.has("__GFP_THISNODE"):
        return "__GFP_THISNODE: nobody is killed for one node"
    if invokes_notifiers(request):
        return "it runs the OOM notifiers, but may not kill without __GFP_FS, and tries again"
    return "without __GFP_FS it does not call the OOM killer before Linux 4.7, and tries again"


def _page_fault(request: Request) -> KillAnswer:
    if request.table.release >= FAULTS_RETRY:
        why = "since Linux 5.16 the fault is logged and retried, and nobody is killed"
        return KillAnswer(OomPath.PAGE_FAULT, False, False, why)
    why = f"it asks with 0x0, which may kill until Linux 5.15; {_FAULTS_TOOK_BACK}"
    return KillAnswer(OomPath.PAGE_FAULT, True, True, why)


def _memcg(request: Request) -> KillAnswer:
    refused = _charge_refused(request)
    if refused:
        return KillAnswer(OomPath.MEMCG, False, False, refused)
    why = "it kills inside the cgroup, and never runs the OOM notifiers"
    if request.table.release < _MEMCG_FROM_FAULTS:
        why += "; before Linux 4.19 at the end of a page fault only"
    return KillAnswer(OomPath.MEMCG, True, False, why)


def _charge_refused(request: Request) -> str:
    """Why a charge with this mask does not call the OOM killer; "" if it does."""
    if not request.mask:
        return ""
    if not may_block(request):
        return "a charge that may not sleep fails at once, or is forced"
    if request.has("__GFP_NORETRY"):
        return "__GFP_NORETRY: the charge fails instead"
    if request.has("__GFP_RETRY_MAYFAIL"):
        return _MAYFAIL_CHARGE
    if costly(request):
        return f"order {request.order} is costly (above 3): the charge fails instead"
    since, until = _MEMCG_NEEDS_FS
    if not request.has("__GFP_FS") and since <= request.table.release < until:
        return "without __GFP_FS it may not kill on Linux 4.7 to 5.3"
    return ""


def _sysrq(request: Request) -> KillAnswer:
    why = "somebody asked for it, whatever the mask"
    if request.table.release < SYSRQ_INSISTS:
        why += "; before Linux 5.17 nobody is killed if the OOM notifiers freed pages"
    return KillAnswer(OomPath.SYSRQ, True, True, why)


def _kswapd(request: Request) -> KillAnswer:
    if request.table.release < KSWAPD_CALLS:
        why = "kswapd does not call the OOM killer before Linux 6.1"
        return KillAnswer(OomPath.KSWAPD, False, False, why)
    why = "only with min_ttl_ms set (multi-gen LRU), once every generation is younger than that"
    return KillAnswer(OomPath.KSWAPD, True, True, why)


_ANSWERS = {
    OomPath.ALLOCATOR: _allocator,
    OomPath.PAGE_FAULT: _page_fault,
    OomPath.MEMCG: _memcg,
    OomPath.SYSRQ: _sysrq,
    OomPath.KSWAPD: _kswapd,
}
