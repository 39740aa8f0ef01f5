"""`oomlab scenarios`: all there are, by what they are for."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from oomlab.command.parser import json_option
from oomlab.command.progress import Progress
from oomlab.scenarios import GROUPS

options = json_option


def answer(call: argparse.Namespace, _progress: Progress) -> Iterator[str]:
    """The lines that answer a call."""
    if call.json:
        listed = [
            {"name": scenario.name, "summary": scenario.summary, "group": group}
            for group, scenarios in GROUPS.items()
            for scenario in scenarios.values()
        ]
        yield json.dumps(listed, indent=1)
        return
    width = max(len(name) for scenarios in GROUPS.values() for name in scenarios)
    for number, (group, scenarios) in enumerate(GROUPS.items()):
        if number:
            yield ""
        yield f"{group}:"
        yield from (f"  {s.name:{width}}  {s.summary}" for s in scenarios.values())
