"""`oomlab parameters SCENARIO`: what `--set` takes."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator

from oomlab.command.parser import json_option
from oomlab.command.progress import Progress
from oomlab.scenarios import Scenario, find_scenario
from oomlab.scenarios.parameters import Number, Parameter, Value, json_value


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    parser.add_argument("scenario", metavar="SCENARIO")
    json_option(parser)


def answer(call: argparse.Namespace, _progress: Progress) -> Iterator[str]:
    """The lines that answer a call."""
    scenario = find_scenario(call.scenario)
    explored = scenario.settle({}, "explorer")
    if call.json:
        listed = [_data(one, explored[one.name]) for one in scenario.parameters]
        yield json.dumps({"scenario": scenario.name, "parameters": listed}, indent=1)
        return
    yield f"{scenario.name}: {scenario.summary}"
    yield from (line for one in scenario.parameters for line in _lines(scenario, one))


def _lines(scenario: Scenario, parameter: Parameter) -> Iterator[str]:
    name, default = parameter.name, parameter.default
    here = scenario.small_scope.get(name, default)
    explored = f"; explore: {here}" if here != default else ""
    yield ""
    yield f"{name}={default}{explored}"
    yield f"    {parameter.meaning}"
    yield f"    valid: {parameter.valid()}"


_TYPES: dict[type, str] = {int: "whole number", str: "name"}


def _data(parameter: Parameter, explored: Value) -> dict[str, object]:
    only = [json_value(value) for value in parameter.only]
    named = isinstance(parameter.default, str)
    bounds = () if named else parameter.only
    return {
        "name": parameter.name,
        "meaning": parameter.meaning,
        "default": json_value(parameter.default),
        "default_of_explore": json_value(explored),
        "type": _TYPES.get(type(parameter.default), "number"),
        "minimum": json_value(min(bounds)) if bounds else None if named else parameter.minimum,
        "maximum": json_value(max(bounds)) if bounds else _finite(parameter.maximum),
        "only": only or None,
    }


def _finite(number: Number) -> Number | None:
    return None if math.isinf(number) else number
