"""What the help of a command shows to be copied: calls that work as they stand.

A test runs each of them. Those that take long, or write a file, say so behind a `#`.
"""

from __future__ import annotations

from collections.abc import Mapping

_CALLS: Mapping[str, tuple[str, ...]] = {
    "": (
        "oomlab scenarios",
        "oomlab run h1-two-task-cycle",
        "oomlab run --help",
    ),
    "run": (
        "oomlab run h1-two-task-cycle",
        "oomlab run h1-two-task-cycle --remedy nowait-fill+trylock",
        "oomlab run h1-two-task-cycle --set give_back_pages=1 --json",
        "oomlab run h1-two-task-cycle --dmesg --kernel 6.1 --lockdep",
    ),
    "explore": (
        "oomlab explore h1-two-task-cycle",
        "oomlab explore h1-two-task-cycle --remedy nowait-fill+trylock --timeouts idle",
        "oomlab explore h1-two-task-cycle --remedy offload --ample",
    ),
    "parameters": ("oomlab parameters h1-two-task-cycle",),
    "scenarios": ("oomlab scenarios", "oomlab scenarios --json"),
    "remedies": ("oomlab remedies",),
    "locks": ("oomlab locks h1-two-task-cycle",),
    "export": (
        "oomlab export h1-two-task-cycle --format csv",
        "oomlab export h1-two-task-cycle --format json -o run.json  # writes a file",
    ),
    "gfp": (
        "oomlab gfp 'gfp_mask=0xcc0(GFP_KERNEL)'",
        "oomlab gfp GFP_KERNEL --compare GFP_NOWAIT",
    ),
    "log": ("dmesg | oomlab log", "oomlab log kern.log --kernel 6.1"),
    "replay": ("oomlab replay h1-two-task-cycle/mainline//balloon_worker:4,fs_task:10",),
    "sweep": (
        "oomlab sweep five-seconds --out mine.json  # takes a minute, writes a file",
        "oomlab sweep all --check  # takes a minute",
        "oomlab sweep five-seconds --seeds 1000 --scheduler tcp://head:8786 --out m.parquet"
        "  # takes long, writes a file",
    ),
    "matrix": ("oomlab matrix  # takes a minute",),
    "compare-kernel": ("oomlab compare-kernel --kernel 6.1  # takes a minute",),
    "claims": ("oomlab claims", "oomlab claims --json"),
    "findings": ("oomlab findings",),
    "completion": (
        "oomlab completion bash > oomlab.bash  # writes a file, for ~/.local/share/bash-completion",
        "oomlab completion zsh > _oomlab  # writes a file, for a folder of $fpath",
    ),
}

EXAMPLES: Mapping[str, str] = {
    name: "\n".join(["for example:", *(f"  {call}" for call in calls)])
    for name, calls in _CALLS.items()
}
"""The foot of the help of each command; that of `oomlab` itself under ""."""
