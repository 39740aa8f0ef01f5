"""The five that register an OOM notifier in Linux 4.13, as a reviewer would list them.

What a callback takes, waits for and asks for is not only said here: a run shows it, and the tests
hold the two against each other.
"""

from __future__ import annotations

from dataclasses import replace

from oomlab.checked import checked
from oomlab.listeners import (
    i915_gem_shrinker,
    pseries_cmm,
    rcu_tree_plugin,
    s390_cmm,
    virtio_balloon,
)
from oomlab.listeners.registrant import Demonstration, Registrant
from oomlab.registry import Registry

LISTED = (
    rcu_tree_plugin.REGISTRANT,
    pseries_cmm.REGISTRANT,
    s390_cmm.REGISTRANT,
    i915_gem_shrinker.REGISTRANT,
    virtio_balloon.REGISTRANT,
)
"""In the order in which a kernel that had all of them would register them: RCU first of all
(early_initcall), then drivers as they are linked. Their numbers follow from it."""


def _numbered(number: int, listed: Registrant) -> Registrant:
    walk = Demonstration("five-listeners", {"listeners": number}, *listed.alone)
    return replace(
        listed,
        number=number,
        title=listed.title or listed.name,
        evidence=(walk, *listed.evidence),
    )


REGISTRANTS: Registry[str, Registrant] = Registry(
    "listener",
    sorted(
        (_numbered(number, listed) for number, listed in enumerate(LISTED, 1)),
        key=lambda found: -found.priority,
    ),
)
"""By the name under which each is in the model's chain, in the order in which a walk that had all
five would call them."""


def find_registrant(name: str) -> Registrant:
    """The listener called `name`. Raises InputError naming all five."""
    return REGISTRANTS.find(name)


def summary_markdown() -> str:
    """The five in a table: what can go wrong with each, in yes and no, and the judgement."""
    rows = [
        "| Listener | Judgement | Waits without a limit | Asks for memory | Its lock is held by "
        "one who asks | Priority |",
        "|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {r.name} | **{r.safety}** | {_yes(r.endless)} | {_yes(bool(r.direct))} "
        f"| {_yes(bool(r.indirect))} | {r.priority} |"
        for r in REGISTRANTS.values()
    ]
    return "\n".join(rows)


@checked(leave="name")
def entry_markdown(name: str) -> str:
    """One listener in full: where it is, and the runs that show what is said of it. Raises
    InputError for an unknown name."""
    r = find_registrant(name)
    lines = [
        f"- **Where**: `{r.callback}` in `{r.source}`, built with `{r.config}`; priority "
        f"{r.priority}",
        f"- **Locks**: {_locks(r)}",
        f"- **Waits for**: {r.waits}",
        f"- **Asks for memory itself**: {r.direct or 'never'}",
        f"- **Takes a lock that one who asks for memory may hold**: {r.indirect or 'none'}",
        f"- **Counts as freed**: {r.unit}",
        f"- **Judgement**: **{r.safety}**: {r.why}",
        "",
        "| Run | Verdict | What it shows |",
        "|---|---|---|",
    ]
    lines += [f"| {_run(e)} | {e.verdict} | {e.shows} |" for e in r.evidence]
    return "\n".join(lines)


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _locks(registrant: Registrant) -> str:
    return ", ".join(f"`{lock}`" for lock in registrant.locks) or "none"


def _run(evidence: Demonstration) -> str:
    given = ", ".join(f"`{name}={value}`" for name, value in evidence.settings.items())
    return f"`{evidence.scenario}`" + (f" with {given}" if given else "")
