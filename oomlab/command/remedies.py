"""`oomlab remedies`: all there are."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from oomlab.command.parser import json_option
from oomlab.command.progress import Progress
from oomlab.remedies import REMEDIES

options = json_option


def answer(call: argparse.Namespace, _progress: Progress) -> Iterator[str]:
    """The lines that answer a call."""
    if call.json:
        listed = [{"name": one.name, "summary": one.summary} for one in REMEDIES.values()]
        yield json.dumps(listed, indent=1)
        return
    width = max(map(len, REMEDIES))
    yield from (f"{one.name:{width}}  {one.summary}" for one in REMEDIES.values())
