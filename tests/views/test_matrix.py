"""The map of the matrix, and the runs behind its cells."""

from __future__ import annotations

import re
import shlex
from html import unescape

import pytest

from oomlab.analysis import time_text
from oomlab.command import main
from oomlab.errors import InputError
from oomlab.evidence import matrix as matrix_cells
from oomlab.experiment import Experiment
from oomlab.remedies import REMEDIES
from oomlab.scenarios import find_scenario
from oomlab.views import matrix
from oomlab.views.commands import run_call, run_command
from oomlab.views.runs import how_it_went


def test_the_map_of_a_release() -> None:
    older, newer = matrix.heat_map("4.13", "matrix.html"), matrix.heat_map("7.3")
    assert older.picture.count('role="gridcell"') == len(matrix.map_rows()) * len(REMEDIES)
    assert 'data-v="absent"' in newer.picture and 'data-v="absent"' not in older.picture
    own = r'data-own><span class="oom-hidden">[^<]*</span><span>([^<]+)</span>'
    assert re.findall(own, older.picture) == [REMEDIES["mainline"].title]
    assert re.findall(own, newer.picture) == [REMEDIES["allocate-outside"].title]
    with pytest.raises(InputError, match="kernel version"):
        matrix.heat_map("4.15")


@pytest.mark.parametrize("hazard", ["h1-two-task-cycle", "h3a-virtqueue-add,total_sg=2"])
@pytest.mark.parametrize("remedy", ["mainline", "offload"])
def test_a_cell_is_its_run(hazard: str, remedy: str) -> None:
    made = matrix.cell(hazard, remedy, "4.13")
    name, _, row = hazard.partition(",")
    given = dict([row.split("=")]) if row else {}
    trace = Experiment.of(name, remedy, given).run()
    assert how_it_went(trace) in made.sentence
    assert '<div class="oom-machine"' in made.picture


@pytest.mark.parametrize(
    ("hazard", "remedy", "said"),
    [
        ("h1-two-task-cycle", "mainline", "Tried in every order of steps, tasks can lock up."),
        ("h1-two-task-cycle", "shrinker", "In no order of steps can tasks lock up."),
        ("h2-three-task-poll", "trylock", "In no order of steps can tasks lock up."),
        ("h2-three-task-poll", "offload-sequence", "the first of them hold no lockup."),
    ],
)
def test_a_cell_says_what_comes_of_every_order(hazard: str, remedy: str, said: str) -> None:
    assert matrix.cell(hazard, remedy, "4.13").sentence.endswith(said)
    assert "order of steps" not in matrix.cell(hazard, remedy, "6.1").sentence


def test_the_numbers_are_those_of_the_matrix_and_of_the_explorer() -> None:
    lines = matrix.map_numbers().splitlines()
    assert sum(line.startswith("**") for line in lines) == len(matrix.map_rows())
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    rows = [row for row in rows if row[0] not in ("Remedy", "---")]
    assert sum(len(row[0].split(", ")) for row in rows) == len(matrix.map_rows()) * len(REMEDIES)
    for names, ends, slowest, _, _, _, locks in rows:
        # One run need not show what can happen; here it does.
        stuck = ends.split(",")[0] in ("deadlock", "livelock")
        assert stuck == (slowest == "for ever"), names
        assert locks == "not asked" or stuck == (locks == "**yes**"), names
    stall = matrix_cells.timed_cell(find_scenario("h6-nap-under-lock"), REMEDIES["mainline"], {})
    assert f"| {time_text(round((stall.stall_s or 0) * 1_000_000))} |" in matrix.map_numbers()


def test_a_row_side_by_side_has_a_picture_for_each_way_it_goes() -> None:
    made = matrix.cell("h4-i915-object-lock", "all", "4.13")
    links = re.findall(r'href="\?cell=h4-i915-object-lock/([\w-]+)/4.13"', made.picture)
    assert sorted(links) == sorted(REMEDIES)
    assert made.picture.count("oom-m-still") == 5  # six remedies change nothing
    assert len(made.twin.splitlines()) == 6
    assert "an end under 3 of 11 remedies" in made.sentence


def test_what_a_release_does_not_have_is_said() -> None:
    made = matrix.cell("h4-i915-object-lock", "mainline", "7.3")
    assert "does not have the code" in made.sentence and "oom-machine" not in made.picture


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("h9", "mainline", "4.13"), "unknown hazard"),
        (("h1-two-task-cycle", "prayer", "4.13"), "unknown remedy"),
        (("h1-two-task-cycle", "all", "4.20"), "unknown kernel"),
    ],
)
def test_what_there_is_not_is_refused(values: tuple[str, str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        matrix.cell(*values)


def test_the_run_is_had_again_by_command_and_in_python(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried = Experiment.of("h1-two-task-cycle", "offload", {"kernel": "6.1", "hz": 1000}, 3)
    words = shlex.split(run_command(tried))
    assert words[0] == "oomlab"
    assert main(words[1:]) == 0
    assert "under offload, seed 3" in capsys.readouterr().out
    import oomlab

    assert eval(run_call(tried), {"oomlab": oomlab}).events == tried.run().events
    shown = matrix.cell("h1-two-task-cycle", "offload", "6.1").picture
    again = "<code>oomlab run h1-two-task-cycle --remedy offload --set kernel=6.1</code>"
    assert again in unescape(shown)
