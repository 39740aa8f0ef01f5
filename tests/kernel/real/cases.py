"""The cases: what the notifier of the module does, and what in the model stands for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from oomlab.registry import Registry

Number = int | float

OFFLOAD_MS = 5000
"""The RFC's time limit."""
MEMORY_MB = 512
"""What the guest's machine has; our choice."""


@dataclass(frozen=True)
class Twin:
    """What the model plays for a case: a scenario under a remedy. `differs` says what the model
    cannot be given; "" where it can be given everything that matters."""

    scenario: str
    remedy: str = "mainline"
    settings: Mapping[str, Number] = field(default_factory=dict)
    differs: str = ""


@dataclass(frozen=True)
class Case:
    """One question to a kernel.

    `module` are parameters of the module, `guest` those of the guest's init (both in
    `tests/kernel/real/guest`). `twin` is None for what the model has no scenario for. `boot` are
    words for the kernel's own command line. `ahead` is the folder of guest/ whose program goes
    ahead of init, with `modules` of the distribution. `devices` are words for QEMU, and `keep_mb`
    is what the host leaves to a guest that has a balloon.
    """

    name: str
    asks: str
    module: Mapping[str, str | int] = field(default_factory=dict)
    guest: Mapping[str, int] = field(default_factory=dict)
    twin: Twin | None = None
    boot: tuple[str, ...] = ()
    ahead: str = ""
    modules: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    keep_mb: int = 0

    def arguments(self) -> list[str]:
        """What the guest is told, as KEY=VALUE."""
        return [f"{name}={value}" for name, value in {**self.guest, **self.module}.items()]


_Module = Mapping[str, str | int]
_LOCK: _Module = {"callback": "lock", "holder": "invoker"}
_THIRD: _Module = {"callback": "lock", "holder": "third"}
_LARGE: _Module = {"served_pages": 4096}
_BACK: _Module = {"giveback_ms": 20_000}
_H1, _H2 = "h1-two-task-cycle", "h2-three-task-poll"
_HOST, _RING = "h5-host-never-answers", "h3a-virtqueue-add"
_INVOKER = "there the task that others wait for may not kill; a further one may"
_BACK_TWIN = {"give_back_pages": 8192, "give_back_s": 20.0}
_REMEDY = {"kernel": "mainline", "nowait": "nowait-tell"}
"""Masks that the model's callback can be given, by remedy."""


def _in_invoker(
    remedy: str = "mainline", settings: Mapping[str, Number] | None = None, differs: str = ""
) -> Twin:
    told = "; ".join(filter(None, (_INVOKER, differs)))
    return Twin(_H1, remedy, {"fault_tasks": 1, **(settings or {})}, told)


def _allocating(mask: str, pages: int) -> Case:
    remedy = _REMEDY.get(mask, "mainline" if mask in ("nofs", "mayfail") else "nowait-tell")
    differs = [] if mask in _REMEDY else [f"its callback never asks with {mask}"]
    differs += [] if pages == 1 else ["its callback asks for one page"]
    return Case(
        f"{mask}-{pages}",
        f"the callback asks for {pages} pages, one by one, with {mask}",
        {"callback": "alloc", "mask": mask, "pages": pages},
        {},
        Twin(_RING, remedy, {"total_sg": 2, "indirect": 1}, "; ".join(differs)),
    )


def _plain() -> Iterator[Case]:
    yield Case(
        "control",
        "the callback does nothing",
        twin=Twin(_HOST, settings={"deflate_on_oom": 0}),
    )
    for seconds in (1, 4, 7):
        yield Case(
            f"sleep-{seconds}",
            f"the callback sleeps {seconds} s",
            {"callback": "sleep", "sleep_ms": 1000 * seconds},
            {},
            Twin(_HOST, settings={"host_answers": 1, "host_us": seconds * 1_000_000}),
        )
    yield Case("never", "the callback never returns", {"callback": "never"}, {}, Twin(_HOST))
    yield Case(
        "lock-invoker", "M's holder waits for whoever runs the callback", _LOCK, {}, _in_invoker()
    )
    yield Case("lock-third", "M's holder waits for a third task", _THIRD, {}, Twin(_H2))
    yield Case(
        "lock-third-large",
        "as lock-third, and the third task needs 4,096 pages",
        {**_THIRD, **_LARGE},
        {},
        Twin(_H2, differs="its third task needs one page"),
    )
    for name, module, twin in (
        ("invoker", _LOCK, _in_invoker),
        ("third", {**_THIRD, **_LARGE}, partial(Twin, _H2)),
    ):
        large = "-large" if "served_pages" in module else ""
        yield Case(
            f"lock-{name}-give-back",
            f"as lock-{name}{large}, and 8,192 pages come back from outside after 20 s",
            {**module, **_BACK},
            {"watch_s": 40},
            twin(settings=_BACK_TWIN),
        )
    for name, module, twin in (
        ("invoker", _LOCK, _in_invoker),
        ("third", _THIRD, partial(Twin, _H2)),
    ):
        yield Case(
            f"trylock-{name}",
            f"as lock-{name}, but the callback only tries to take M",
            {**module, "callback": "trylock"},
            {},
            twin(remedy="trylock"),
        )


def _allocations() -> Iterator[Case]:
    for pages in (512, 4096, 1):
        for mask in ("kernel", "nofs", "nowait", "atomic", "noretry", "mayfail"):
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
        assert case.twin is not None
        twin = replace(case.twin, differs=f"{case.twin.differs}; it has neither lists nor boost")
        yield replace(
            case,
            name=f"{case.name}-{name}",
            asks=f"{case.asks}, with {asks}",
            twin=twin,
            boot=(word,),
        )


def _offloaded(case: Case) -> Case:
    twin = case.twin
    assert twin is not None, f"{case.name}: an offloaded case needs a twin"
    differs = [twin.differs] if twin.differs else []
    if twin.remedy not in ("mainline", "offload"):
        differs.append(f"the model's offload does not go with {twin.remedy}")
    return Case(
        f"offload-{case.name}",
        f"{case.asks}; a thread runs it, and the caller waits 5 s at most",
        {**case.module, "offload_ms": OFFLOAD_MS},
        case.guest,
        Twin(twin.scenario, "offload", twin.settings, "; ".join(differs)),
    )


def _rescues() -> Iterator[Case]:
    yield Case(
        "three-rounds",
        "three OOMs in a row while the first callback never returns, offloaded",
        {"callback": "never", "offload_ms": OFFLOAD_MS, "rounds": 3},
        {"victims": 6, "victim_mb": 40},
        Twin(_HOST, "offload", {"touches": 3}),
    )
    yield Case(
        "sysrq-f",
        "as lock-invoker, and SysRq-f after 10 s",
        _LOCK,
        {"sysrq_s": 10},
        _in_invoker(settings={"sysrq": 1, "rescue_s": 10.0}),
    )
    yield Case(
        "kill-allocating-task",
        "as lock-invoker, with vm.oom_kill_allocating_task",
        _LOCK,
        {"kill_asking": 1},
        _in_invoker(differs="it has no such switch"),
    )
    yield Case(
        "memcg",
        "as lock-invoker, and a memory cgroup meets its limit after 10 s",
        _LOCK,
        {"memcg_s": 10},
        _in_invoker(settings={"memcg_oom": 1, "rescue_s": 10.0}),
    )
    yield Case(
        "page-fault",
        "as lock-invoker, and a process touches 16 MB after 10 s",
        _LOCK,
        {"fault_s": 10},
        _in_invoker(settings={"fault_oom": 1, "rescue_s": 10.0}),
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
