"""The sweeps that the book needs, by name."""

from __future__ import annotations

from collections.abc import Mapping

from oomlab.evidence.sweep.grid import Drawn, Part, Sweep
from oomlab.registry import Registry

TIMEOUTS_S = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Time limits of the offload, in seconds; the RFC's is 5."""

KILLERS = (1, 4, 16)
"""How many other tasks wait that may have somebody killed."""

BYSTANDERS = (0, 2, 8)
"""How many further tasks wait that may not: their requests lack __GFP_FS."""

SEEDS = 20
"""Runs of each point: so many draws of who is quick and who is slow (our choice)."""

LATE_US = tuple(second * 1_000_000 for second in range(1, 21))
"""When a callback that is late comes back, in microseconds."""

LONG_S = 3600.0
"""Far longer than any run here lasts."""

UNEVEN_LOAD = {"oom_return_us": 1000, "slowest_reclaim_us": 3000, "limit_s": LONG_S}
"""A reclaim round takes 0.5 to 3 ms, the way back from the OOM killer up to 1 ms: our guesses."""

FIVE_SECONDS = Sweep(
    "five-seconds",
    "what the offload's time limit costs: rounds, downtime, needless kills",
    (
        Part(
            "crowd",
            "h1-two-task-cycle",
            ("offload",),
            {"timeout_s": TIMEOUTS_S, "fault_tasks": KILLERS, "nofs_tasks": BYSTANDERS},
            UNEVEN_LOAD,
            {"redraw_s": ("timeout_s", 0.5)},
            SEEDS,
        ),
        Part(
            "repaired",
            "h1-two-task-cycle",
            ("offload-repaired",),
            {"timeout_s": TIMEOUTS_S, "fault_tasks": (4,), "nofs_tasks": BYSTANDERS},
            UNEVEN_LOAD,
            {"redraw_s": ("timeout_s", 0.5)},
            SEEDS,
        ),
        Part(
            "third-task",
            "h2-three-task-poll",
            ("offload", "offload-repaired"),
            {"timeout_s": TIMEOUTS_S, "fault_tasks": (0, 4, 16)},
            {"limit_s": LONG_S},
        ),
        Part(
            "late",
            "h5-host-never-answers",
            ("offload", "offload-repaired"),
            {"timeout_s": (*TIMEOUTS_S, 20.0), "host_us": LATE_US},
            {"host_answers": 1, "limit_s": LONG_S},
        ),
        Part(
            "patient",
            "h5-host-never-answers",
            ("mainline",),
            {"host_us": LATE_US},
            {"host_answers": 1, "limit_s": LONG_S},
        ),
    ),
)

HELP = "give_back_s"
"""When pages come back by themselves: of all that is drawn, what is no guess about a machine."""

GUESSED: Mapping[str, tuple[float, float]] = {
    HELP: (1.0, 20.0),
    "reclaim_us": (200, 1_000),
    "slowest_reclaim_us": (1_000, 8_000),
    "redraw_s": (0.5, 10.0),
    "oom_return_us": (1, 4_000),
    "wake_us": (0, 2_000),
    "host_us": (20, 10_000),
    "print_us": (0, 50_000),
    "exit_us": (500, 20_000),
    "reap_us": (500, 20_000),
}
"""What a run with two tasks and two locks rests on, each from the least to the most that seems
possible, in microseconds or seconds (our choice)."""

GUESSES = Sweep(
    "guesses",
    "which of the numbers that we made up matter: downtime and needless kills",
    (
        Drawn(
            "drawn",
            "h1-two-task-cycle",
            ("offload",),
            GUESSED,
            # Without help every run ends with one kill, and there is nothing to be asked about.
            {"fault_tasks": 4, "nofs_tasks": 2, "give_back_pages": 512, "limit_s": LONG_S},
            seeds=2,
            draws=1_280,
        ),
    ),
)

INFLATING = ("mainline", "nowait-tell", "nowait-fill", "nowait-both", "allocate-outside")
"""Remedies that differ in how the balloon asks for pages."""

CRAMPED = {"spare_pages": 512, "cache_pages": 1024, "swapper_us": 20_000}
"""Little page cache, and a swapper that frees 32 pages in 20 ms: our choice."""

NOWAIT_PRICE = Sweep(
    "nowait-price",
    "what it costs that an allocation does not wait: failures, and pages that do not move",
    (
        Part(
            "free-memory",
            "inflate-under-pressure",
            INFLATING,
            {"spare_pages": (0, 128, 256, 512, 1024, 1536, 2048), "swapper_us": (0, 20_000)},
            {"cache_pages": 4096},
        ),
        Part(
            "tasks",
            "inflate-under-pressure",
            (*INFLATING, "trylock"),
            {"load_tasks": (0, 1, 2, 4, 8, 16)},
            CRAMPED,
        ),
        Part(
            "rate",
            "inflate-under-pressure",
            (*INFLATING, "trylock"),
            {"load_jiffies": (1, 2, 5, 10, 25)},
            {**CRAMPED, "load_tasks": 8},
        ),
        Part(
            "tells",
            "inflate-under-pressure",
            ("nowait-tell", "nowait-both"),
            {"load_tasks": (0, 1, 2, 4, 8, 16)},
            {**CRAMPED, "total_sg": 2},
        ),
    ),
)

SWEEPS: Registry[str, Sweep] = Registry("sweep", (FIVE_SECONDS, GUESSES, NOWAIT_PRICE))


def find_sweep(name: str) -> Sweep:
    """The sweep called `name`. Raises InputError naming all sweeps."""
    return SWEEPS.find(name)
