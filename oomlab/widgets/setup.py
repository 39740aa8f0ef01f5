"""A control that sets up a machine: a scenario, a remedy, settings and a seed, in one line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.experiment import Experiment
from oomlab.remedies import REMEDIES
from oomlab.scenarios import GROUPS
from oomlab.scenarios.parameters import Parameter, json_value
from oomlab.views import Scalar
from oomlab.widgets.checks import check_words

MOST_SEED = 999_999
"""The highest seed that the control offers (our choice); a line may have a longer one."""


@checked
@brief
@dataclass(frozen=True)
class Setup:
    """A machine to be run: its value is a line as `Experiment.line` writes it. Only `start` is
    stored. Raises InputError for a `start` that is no such line."""

    name: str
    label: str
    start: str

    def __post_init__(self) -> None:
        check_words(self)
        object.__setattr__(self, "start", self.check(self.start))

    @property
    def stored(self) -> tuple[Scalar, ...]:
        """The start alone."""
        return (self.start,)

    def check(self, value: Any) -> str:
        """The line of the experiment that `value` describes; ValueError if it describes none."""
        if not isinstance(value, str):
            raise InputError(f"{self.name} is a line such as {self.start}, not {value!r}")
        return Experiment.read(value).line

    def spec(self) -> dict[str, Any]:
        """What the page must know to read this control."""
        return {
            "kind": "setup",
            "name": self.name,
            "label": self.label,
            "values": list(self.stored),
        }


def catalogue() -> dict[str, Any]:
    """All that can be set: the scenarios by what they are for, each with its words and the numbers
    of its parameters, and those with their bounds. What a watch needs is no matter of a machine."""
    parameters: list[Parameter] = []
    groups: dict[str, list[list[Any]]] = {}
    for title, scenarios in GROUPS.items():
        groups[title] = []
        for scenario in scenarios.values():
            numbers = []
            for one in scenario.parameters:
                if one.name == "ghosts":
                    continue
                if one not in parameters:
                    parameters.append(one)
                numbers.append(parameters.index(one))
            groups[title].append([scenario.name, scenario.title, scenario.summary, numbers])
    return {
        "groups": groups,
        "remedies": {one.name: [one.title, one.summary] for one in REMEDIES.values()},
        "parameters": [_described(one) for one in parameters],
    }


def _described(one: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": one.name,
        "words": one.words,
        "meaning": one.meaning,
        "usual": json_value(one.default),
    }
    if one.only:
        return {**found, "only": [json_value(value) for value in one.only]}
    most = {} if one.maximum == float("inf") else {"most": one.maximum}
    return {**found, "least": one.minimum, **most, "whole": isinstance(one.default, int)}


def setup_html(control: Setup, ident: str) -> str:
    """The control as an element of a panel's form; what depends on the scenario is put in by its
    script."""
    start = Experiment.read(control.start)
    (kernel,) = (one for one in start.scenario.parameters if one.name == "kernel")
    scenarios = "".join(
        f'<optgroup label="{escape(title)}">'
        f"{''.join(_option(one.name, start.scenario.name, one.title) for one in group.values())}"
        "</optgroup>"
        for title, group in GROUPS.items()
    )
    remedies = "".join(_option(one.name, start.remedy.name, one.title) for one in REMEDIES.values())
    release = str(start.settings["kernel"])
    kernels = "".join(_option(str(one), release, str(one)) for one in kernel.only)
    text = json.dumps(catalogue(), ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return "".join(
        (
            f'<fieldset class="oom-control oom-setup"><legend>{escape(control.label)}</legend>',
            _select(f"{ident}-scenario", "scenario", "Scenario", scenarios, start.scenario.summary),
            _select(f"{ident}-remedy", "remedy", "Remedy", remedies, start.remedy.summary),
            _select(f"{ident}-kernel", "kernel", "Linux", kernels),
            f'<div><label for="{ident}-seed">Seed of what is drawn</label>',
            f'<input type="number" id="{ident}-seed" data-part="seed" min="0" max="{MOST_SEED}"',
            f' step="1" value="{start.seed}"></div>',
            '<div class="oom-set"></div>',
            _select(f"{ident}-more", "more", "Set something else", "<option>choose …</option>"),
            f'<input type="hidden" name="{control.name}" value="{escape(control.start)}">',
            f'<script type="application/json">{text}</script></fieldset>',
        )
    )


def _select(ident: str, part: str, label: str, options: str, about: str = "") -> str:
    """A list with its label; `about` says more of what is chosen."""
    said = f' aria-describedby="{ident}-about"' if about else ""
    more = f'<p class="oom-about" id="{ident}-about">{escape(about)}</p>' if about else ""
    return (
        f'<div><label for="{ident}">{label}</label>'
        f'<select id="{ident}" data-part="{part}"{said}>{options}</select>{more}</div>'
    )


def _option(name: str, chosen: str, words: str) -> str:
    selected = " selected" if name == chosen else ""
    return f'<option value="{escape(name)}"{selected}>{escape(words)}</option>'
