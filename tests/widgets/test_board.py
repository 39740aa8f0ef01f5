"""The board of the game: what is stored is what a player of the routines themselves meets."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Hashable
from typing import Any, NamedTuple

import pytest

from oomlab import replay
from oomlab.engine.explorer.counterexample import ScheduledMove
from oomlab.engine.explorer.player import Player
from oomlab.remedies import find_remedy
from oomlab.scenarios import find_scenario
from oomlab.widgets.board import board

H1 = "h1-two-task-cycle"
OPEN, GOAL, ENDED, LOST = range(4)


class Move(NamedTuple):
    task: int
    target: int
    outcome: int
    steps: int
    late: bool


class Unpacked:
    """The board as the page reads it."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.stored = stored
        self.width = 2 + len(stored["tasks"])
        self.moves: list[list[Move]] = []
        edge = 0
        for state, count in enumerate(stored["moves"]):
            self.moves.append([])
            for _ in range(count):
                target = state + stored["ahead"][edge]
                outcome, steps = (stored[key].get(str(edge)) for key in ("outcome", "steps"))
                late = edge in stored["late"]
                task = stored["task"][edge]
                self.moves[state].append(Move(task, target, outcome or 0, steps or 1, late))
                edge += 1
        assert edge == len(stored["task"]) == len(stored["ahead"])
        self.ways = self._shortest_ways()
        scenario = find_scenario(stored["scenario"])
        settings = scenario.settle({}, "explorer")
        # One for all players: only then can their fingerprints be equal.
        self.model = scenario.build(settings, find_remedy(stored["remedy"]))

    def kind(self, state: int) -> int:
        return int(self.stored["states"][state * self.width])

    def held(self, state: int) -> dict[str, str]:
        situation = self.stored["held"][self.stored["states"][state * self.width + 1]]
        return dict(zip(self.stored["locks"], situation, strict=True))

    def says(self, state: int, task: int) -> tuple[str, str]:
        text = self.stored["says"][self.stored["states"][state * self.width + 2 + task]]
        status, words = text.split("|")
        return status, words

    def _shortest_ways(self) -> list[tuple[Move, ...]]:
        ways: dict[int, tuple[Move, ...]] = {0: ()}
        queue = deque([0])
        while queue:
            state = queue.popleft()
            for move in self.moves[state]:
                if move.target not in ways:
                    ways[move.target] = (*ways[state], move)
                    queue.append(move.target)
        return [ways[state] for state in range(len(self.moves))]

    def play(self, player: Player, move: Move) -> None:
        task = player.task_number(self.stored["tasks"][move.task])
        player.step(ScheduledMove(task, move.outcome))
        for _ in range(move.steps - 1):
            player.step(ScheduledMove(task))

    def check(self, player: Player, state: int) -> None:
        """Does the stored state say what the player shows?"""
        ended = self.kind(state) == ENDED
        assert player.ended == ended
        ready = {player.model.task_name(task) for task in player.ready()}
        assert ended or ready == {self.stored["tasks"][move.task] for move in self.moves[state]}
        for slot in player.model.layout.slots:
            if slot.kind == "mutex":
                assert self.held(state)[slot.name] == player.recorder.shown(
                    slot, player.state[slot.index]
                )
        for number, name in enumerate(self.stored["tasks"]):
            task = player.task_number(name)
            status, words = self.says(state, number)
            op = player.pending[task]
            assert (status == "done") == (op is None)
            options = player.options(task)
            if not ended:
                assert (status in ("ready", "late")) == bool(options)
                assert (status == "late") == any(option.timeout for option in options)
                late = {move.late for move in self.moves[state] if move.task == number}
                assert late == {option.timeout for option in options}
            if op is not None:
                assert words.endswith(f"({player.function(task)})")
            if status == "blocked":
                assert op is not None
                assert f"waits for {op.slots[0].name} " in words


@pytest.fixture(scope="module", params=["mainline", "trylock", "before-oom-lock", "nowait-fill"])
def small(request: pytest.FixtureRequest) -> Unpacked:
    return Unpacked(board(H1, request.param))


@pytest.fixture(scope="module")
def offload() -> Unpacked:
    return Unpacked(board(H1, "offload"))


def test_every_move_leads_a_player_where_the_board_says(small: Unpacked) -> None:
    prints: dict[int, Hashable] = {}
    for state, way in enumerate(small.ways):
        player = Player(small.model)
        for move in way:
            small.play(player, move)
        small.check(player, state)
        prints[state] = player.fingerprint()
    assert len(set(prints.values())) == len(prints)
    for state, way in enumerate(small.ways):
        for move in small.moves[state]:
            player = Player(small.model)
            for each in (*way, move):
                small.play(player, each)
            assert player.fingerprint() == prints[move.target]


def test_random_games_on_the_large_board_are_what_a_player_meets(offload: Unpacked) -> None:
    draw = random.Random(7)
    late = 0
    for _ in range(25):
        player, state = Player(offload.model), 0
        for _ in range(60):
            offload.check(player, state)
            if not offload.moves[state]:
                break
            move = draw.choice(offload.moves[state])
            late += move.late
            offload.play(player, move)
            state = move.target
    assert late


def test_a_time_limit_is_told_as_one(offload: Unpacked) -> None:
    for state, some in enumerate(offload.moves):
        for move in some:
            if move.late:
                status, words = offload.says(state, move.task)
                assert status == "late"
                assert "until it is woken or its time runs out" in words
    assert len(offload.stored["late"]) > 100


def can_reach(unpacked: Unpacked, kind: int) -> set[int]:
    """Every state from which one of `kind` can be reached, by going over all moves until nothing
    changes."""
    found = {s for s in range(len(unpacked.moves)) if unpacked.kind(s) == kind}
    grown = True
    while grown:
        grown = False
        for state, some in enumerate(unpacked.moves):
            if state not in found and any(move.target in found for move in some):
                found.add(state)
                grown = True
    return found


def test_lost_are_exactly_the_states_from_which_nobody_finishes(small: Unpacked) -> None:
    saved = can_reach(small, ENDED)
    for state in range(len(small.moves)):
        assert (small.kind(state) in (GOAL, LOST)) == (state not in saved)
    assert small.stored["goal"] == (len(saved) < len(small.moves))
    assert small.stored["goal"] == (small.stored["remedy"] != "nowait-fill")


def fewest_switches(unpacked: Unpacked) -> int | None:
    """Dial's algorithm: everything that no switch reaches, then everything that one reaches ..."""
    front = {(0, -1)}
    seen: set[tuple[int, int]] = set()
    switches = 0
    while front:
        stack = list(front)
        front = set()
        while stack:
            state, last = stack.pop()
            if (state, last) in seen:
                continue
            seen.add((state, last))
            if unpacked.kind(state) == GOAL:
                return switches
            for move in unpacked.moves[state]:
                same = last in (-1, move.task)
                (stack.append if same else front.add)((move.target, move.task))
        switches += 1
    return None


def test_the_best_score_is_the_fewest_switches(small: Unpacked, offload: Unpacked) -> None:
    assert small.stored["best"] == fewest_switches(small)
    assert offload.stored["best"] == fewest_switches(offload) == 2


def test_a_clean_board_still_knows_its_settings() -> None:
    stored = board(H1, "allocate-outside", {"host_us": 7})
    assert not stored["goal"]
    assert stored["best"] is None
    assert stored["settings"] == "host_us=7"
    trace = replay(f"{H1}/allocate-outside/{stored['settings']}/fs_task")
    assert trace.parameters["host_us"] == 7


def test_a_machine_too_large_for_a_page_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 12000 states; choose smaller sizes"):
        board("h2-three-task-poll", "offload")


def test_the_words_name_what_is_done_not_how_the_model_stores_it(offload: Unpacked) -> None:
    said = " ".join(offload.stored["says"])
    assert "reclaim what can be reclaimed (try_to_free_pages)" in said
    assert "write the flag oom_notifier_requested (request_and_wait)" in said
    assert "move pages out of" not in said
