"""How a run that a page shows is had again: as a command, and in Python."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from html import escape

from oomlab.experiment import Experiment
from oomlab.scenarios.parameters import json_settings


def run_command(tried: Experiment) -> str:
    """The command that runs it."""
    words = ["oomlab", "run", tried.scenario.name]
    if tried.remedy.name != "mainline":
        words += ["--remedy", tried.remedy.name]
    for name, value in tried.given().items():
        words += ["--set", f"{name}={value}"]
    if tried.seed:
        words += ["--seed", str(tried.seed)]
    return shlex.join(words)


def run_call(tried: Experiment) -> str:
    """The call that runs it."""
    arguments = [repr(tried.scenario.name), repr(tried.remedy.name)]
    if given := tried.given():
        arguments.append(repr(json_settings(given)))
    if tried.seed:
        arguments.append(f"seed={tried.seed}")
    return f"oomlab.run({', '.join(arguments)})"


def commands_html(tried: Sequence[Experiment], names: Sequence[str] = ("",)) -> str:
    """Both, with buttons that copy them, for each of the runs; `names` say which is which."""
    parts = []
    for name, one in zip(names, tried, strict=True):
        for what, text in (("command", run_command(one)), ("Python", run_call(one))):
            of = f" of {name}" if name else ""
            label = f"Copy {'the command' if what == 'command' else 'as Python'}{of}"
            parts.append(
                f"<li><code>{escape(text)}</code>"
                f'<button type="button" data-copy hidden>{escape(label)}</button></li>'
            )
    return (
        '<details class="oom-again-how"><summary>Run it yourself</summary>'
        f"<ul>{''.join(parts)}</ul></details>"
    )
