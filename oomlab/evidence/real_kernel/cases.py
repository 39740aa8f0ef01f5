"""The cases: what the notifier of the test module does, and the experiment that is the same.

What a case tells the module and the guest's init (both in `tests/kernel/real/guest`) is what the
scenario `witness` is told: `settings_of` translates, and nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from oomlab.brief import brief
from oomlab.checked import LOOKED_UP
from oomlab.evidence.real_kernel.translation import OFFLOAD_MS, settings_of
from oomlab.kernel_release import KernelRelease
from oomlab.registry import Registry

MEMORY_MB = 512
"""What the guest's machine has; our choice."""


@brief
@dataclass(frozen=True)
class Case:
    """One question to a kernel.

    `module` are parameters of the module, `guest` those of the guest's init. `boot` are words for
    the kernel's own command line. `unplayed` says why the model does not play it; "" where it does.
    `ahead` is the folder of guest/ whose program goes ahead of init, with `modules` of the
    distribution. `devices` are words for QEMU, and `keep_mb` is what the host leaves to a guest
    that has a balloon.
    """

    name: str
    asks: str
    module: Mapping[str, str | int] = field(default_factory=dict)
    guest: Mapping[str, int] = field(default_factory=dict)
    boot: tuple[str, ...] = ()
    unplayed: str = ""
    ahead: str = ""
    modules: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    keep_mb: int = 0

    def arguments(self) -> list[str]:
        """What the guest is told, as KEY=VALUE."""
        return [f"{name}={value}" for name, value in {**self.guest, **self.module}.items()]

    @property
    def remedy(self) -> str:
        """The remedy under which the model plays it."""
        return "offload" if "offload_ms" in self.module else "mainline"

    def settings(self, kernel: KernelRelease) -> dict[str, int | float | str | KernelRelease]:
        """The same for the scenario `witness`, on a release that the model knows."""
        return settings_of(self.module, self.guest, self.boot, kernel)


_Module = Mapping[str, str | int]
_LOCK: _Module = {"callback": "lock", "holder": "invoker"}
_THIRD: _Module = {"callback": "lock", "holder": "third"}
_LARGE: _Module = {"served_pages": 4096}
_BACK: _Module = {"giveback_ms": 20_000}


_MASKS = {
    "kernel": "GFP_KERNEL",
    "nofs": "GFP_NOFS",
    "nowait": "GFP_NOWAIT",
    "atomic": "GFP_ATOMIC",
    "noretry": "__GFP_NORETRY",
    "mayfail": "__GFP_RETRY_MAYFAIL",
}
"""What the callback asks with, by the name that the module is told."""


def _allocating(mask: str, pages: int) -> Case:
    many = "1 page" if pages == 1 else f"{pages:,} pages, one by one,"
    return Case(
        f"{mask}-{pages}",
        f"the callback asks for {many} with {_MASKS[mask]}",
        {"callback": "alloc", "mask": mask, "pages": pages},
    )


def _plain() -> Iterator[Case]:
    yield Case("control", "the callback does nothing")
    for seconds in (1, 4, 7):
        yield Case(
            f"sleep-{seconds}",
            f"the callback sleeps {seconds} s",
            {"callback": "sleep", "sleep_ms": 1000 * seconds},
        )
    yield Case("never", "the callback never returns", {"callback": "never"})
    yield Case("lock-invoker", "M's holder waits for whoever runs the callback", _LOCK)
    yield Case("lock-third", "M's holder waits for a third task", _THIRD)
    yield Case(
        "lock-third-large",
        "as lock-third, and the third task needs 4,096 pages",
        {**_THIRD, **_LARGE},
    )
    for name, module in (("invoker", _LOCK), ("third", {**_THIRD, **_LARGE})):
        large = "-large" if "served_pages" in module else ""
        yield Case(
            f"lock-{name}-give-back",
            f"as lock-{name}{large}, and 8,192 pages come back from outside after 20 s",
            {**module, **_BACK},
            {"watch_s": 40},
        )
    for name, module in (("invoker", _LOCK), ("third", _THIRD)):
        yield Case(
            f"trylock-{name}",
            f"as lock-{name}, but the callback only tries to take M",
            {**module, "callback": "trylock"},
        )


def _allocations() -> Iterator[Case]:
    for pages in (512, 4096, 1):
        for mask in _MASKS:
            yield _allocating(mask, pages)


def _causes() -> Iterator[Case]:
    """Why a callback that wants much gets it on some kernels: with one way out closed."""
    for name, asks, word in (
        ("no-boost", "no boost of the watermarks", "sysctl.vm.watermark_boost_factor=0"),
        (
            "fixed-lists",
            "per-CPU lists that are not tuned",
            "sysctl.vm.percpu_pagelist_high_fraction=1000",
        ),
    ):
        case = _allocating("kernel", 512)
        yield replace(
            case, name=f"{case.name}-{name}", asks=f"{case.asks}, with {asks}", boot=(word,)
        )


def _offloaded(case: Case) -> Case:
    return replace(
        case,
        name=f"offload-{case.name}",
        asks=f"{case.asks}; a thread runs it, and the caller waits 5 s at most",
        module={**case.module, "offload_ms": OFFLOAD_MS},
    )


def _rescues() -> Iterator[Case]:
    yield Case(
        "three-rounds",
        "three OOMs in a row while the first callback never returns, offloaded",
        {"callback": "never", "offload_ms": OFFLOAD_MS, "rounds": 3},
        {"victims": 6, "victim_mb": 40},
    )
    yield Case("sysrq-f", "as lock-invoker, and SysRq-f after 10 s", _LOCK, {"sysrq_s": 10})
    yield Case(
        "kill-allocating-task",
        "as lock-invoker, with vm.oom_kill_allocating_task",
        _LOCK,
        {"kill_asking": 1},
    )
    yield Case(
        "memcg",
        "as lock-invoker, and a memory cgroup meets its limit after 10 s",
        _LOCK,
        {"memcg_s": 10},
    )
    yield Case(
        "page-fault",
        "as lock-invoker, and a process touches 16 MB after 10 s",
        _LOCK,
        {"fault_s": 10},
    )
    yield Case(
        "min-ttl",
        "lru_gen/min_ttl_ms is 60,000: does kswapd call the OOM killer?",
        {"idle": 1},
        {"min_ttl_ms": 60_000, "hog": 1, "watch_s": 10},
    )


def _suspends() -> Iterator[Case]:
    sleep: _Module = {"callback": "sleep", "sleep_ms": 45_000}
    for name, asks, module, guest, suspend_s in (
        ("suspend", "as lock-invoker, and suspend-to-idle after 10 s", _LOCK, {}, 10),
        (
            "suspend-fault",
            "as page-fault, and suspend-to-idle 3 s later, while that process is stuck",
            _LOCK,
            {"fault_s": 10},
            13,
        ),
        (
            "suspend-sleep",
            "the callback sleeps 45 s, and suspend-to-idle after 10 s",
            sleep,
            {},
            10,
        ),
    ):
        yield Case(
            name,
            asks,
            module,
            {"watch_s": 60, **guest},
            boot=(f"suspend_s={suspend_s}", "no_console_suspend"),
            ahead="suspend",
        )


def _balloons() -> Iterator[Case]:
    holds_mb, served = 128, {"served_pages": 16_384}
    for name, asks, device, module, guest in (
        ("balloon", "X asks for 64 MB", "deflate-on-oom=on", served, {}),
        (
            "balloon-legacy",
            "as balloon, by the legacy transport",
            "deflate-on-oom=on,disable-modern=on,disable-legacy=off",
            served,
            {},
        ),
        ("balloon-off", "as balloon, but it may not deflate", "deflate-on-oom=off", served, {}),
        (
            "balloon-short",
            "X asks for 192 MB",
            "deflate-on-oom=on",
            {"served_pages": 49_152},
            {},
        ),
        (
            "balloon-hog",
            "a process takes memory without end",
            "deflate-on-oom=on",
            {"idle": 1},
            {"hog": 1, "watch_s": 10},
        ),
    ):
        yield Case(
            name,
            f"the stock virtio_balloon holds {holds_mb} MB, and {asks}",
            module,
            guest,
            boot=(f"balloon_pages={holds_mb * 256}",),
            unplayed="the witness has no balloon of the stock driver",
            ahead="balloon",
            modules=("virtio_pci", "virtio_balloon"),
            devices=("-device", f"virtio-balloon-pci,{device}"),
            keep_mb=MEMORY_MB - holds_mb,
        )


def _all() -> Iterator[Case]:
    plain, asking = list(_plain()), list(_allocations())
    yield from plain
    yield from asking
    yield from _rescues()
    yield from _causes()
    yield from _suspends()
    yield from _balloons()
    yield from (_offloaded(case) for case in [*plain[1:], *asking])


CASES: Registry[str, Case] = Registry("case", _all())

LOOKED_UP["case"] = CASES.find
