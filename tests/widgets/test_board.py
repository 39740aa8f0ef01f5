"""The boards of the game: what is stored is what a player of the routines themselves meets."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Hashable
from functools import cache
from typing import NamedTuple

import pytest

from oomlab import explore, replay
from oomlab.engine.explorer.counterexample import ScheduledMove, shortest_schedule, switches
from oomlab.engine.explorer.player import Player
from oomlab.experiment import Experiment
from oomlab.figures.stage import Frame
from oomlab.listings import LISTINGS
from oomlab.widgets.game_board import board, played_on
from oomlab.widgets.game_levels import LEVELS, Level, TurnTaking, after_turn, find_level, goal_of
from oomlab.widgets.game_moves import moves_of

H1 = "h1-two-task-cycle"
OPEN, GOAL, ENDED, LOST = range(4)


class Move(NamedTuple):
    task: int
    target: int
    told: str
    outcome: int
    steps: int
    late: bool


class Unpacked:
    """The board as the page reads it."""

    def __init__(self, level: str) -> None:
        self.level = find_level(level)
        self.stored, self.stage = played_on(self.level)
        assert self.stored == board(level)
        assert len(self.stage.frames) == len(self.stored["moves"])
        stored = self.stored
        self.moves: list[list[Move]] = []
        edge = 0
        for node, count in enumerate(stored["moves"]):
            self.moves.append([])
            for _ in range(count):
                outcome, steps = (stored[key].get(str(edge)) for key in ("outcome", "steps"))
                self.moves[node].append(
                    Move(
                        stored["task"][edge],
                        node + stored["ahead"][edge],
                        stored["texts"][stored["told"][edge]],
                        outcome or 0,
                        steps or 1,
                        edge in stored["late"],
                    )
                )
                edge += 1
        assert edge == len(stored["task"]) == len(stored["ahead"]) == len(stored["told"])
        self.ways = self._shortest_ways()
        experiment = Experiment.of(
            self.level.scenario, self.level.remedy, self.level.given, engine="explorer"
        )
        # One for all players: only then can their fingerprints be equal.
        self.model = experiment.model()

    def kind(self, node: int) -> int:
        return int(self.stored["kinds"][node])

    def frame(self, node: int) -> Frame:
        return self.stage.frames[node]

    def held(self, node: int) -> dict[str, str]:
        """Who has each lock of the stage, and answers at each queue."""
        names = self.stored["tasks"]
        return {
            thing.name: ", ".join(names[one] for one in holders)
            for thing, holders in zip(
                self.stage.scene.things, self.frame(node).holders, strict=True
            )
        }

    def part(self, node: int, task: int) -> tuple[str, str]:
        number = self.stored["stands"][node * len(self.stored["tasks"]) + task]
        status, words = self.stored["parts"][number]
        return status, self.stored["texts"][words]

    def _shortest_ways(self) -> list[tuple[Move, ...]]:
        ways: dict[int, tuple[Move, ...]] = {0: ()}
        queue = deque([0])
        while queue:
            node = queue.popleft()
            for move in self.moves[node]:
                if move.target not in ways:
                    ways[move.target] = (*ways[node], move)
                    queue.append(move.target)
        return [ways[node] for node in range(len(self.moves))]

    def play(self, player: Player, move: Move) -> None:
        task = player.task_number(self.stored["tasks"][move.task])
        player.step(ScheduledMove(task, move.outcome))
        for _ in range(move.steps - 1):
            assert len(player.options(task)) == 1, "within a move there is no choice"
            player.step(ScheduledMove(task))

    def check(self, player: Player, node: int) -> None:
        """Does the stored node say what the player shows?"""
        ended = not self.moves[node] and player.ended
        ready = {player.model.task_name(task) for task in player.ready()}
        assert ended or ready == {self.stored["tasks"][move.task] for move in self.moves[node]}
        frame, held = self.frame(node), self.held(node)
        values = {
            slot.name: player.recorder.shown(slot, player.state[slot.index])
            for slot in player.model.layout.slots
        }
        for slot in player.model.layout.slots:
            if slot.kind == "mutex" and slot.name in held:
                assert held[slot.name] == values[slot.name]
        for pool, pages in zip(self.stage.scene.pools, frame.pages, strict=True):
            assert pages == sum(values[name] for name in pool.slots)
        for number, name in enumerate(self.stored["tasks"]):
            task = player.task_number(name)
            status, words = self.part(node, number)
            state, thing = frame.states[number]
            op = player.pending[task]
            assert (status == "done") == (op is None) == (state == "done")
            options = player.options(task)
            if not ended:
                assert (status in ("ready", "late")) == bool(options)
                assert (status == "late") == any(option.timeout for option in options)
            assert (status == "ready") == (state == "runs")
            if state in ("runs", "done", "idle"):
                assert thing == -1
            if status == "blocked":
                assert op is not None
                assert state == "blocked"
                assert self.stage.scene.things[thing].name == op.slots[0].name
                assert words == f"waits for {op.slots[0].name}"
            listing = frame.programs[number].listing
            assert not listing or op is not None


@cache
def unpacked(level: str) -> Unpacked:
    return Unpacked(level)


SMALL = ["circle", "trylock", "before", "needless", "merged"]


@pytest.mark.parametrize("level", SMALL)
def test_every_move_leads_a_player_where_the_board_says(level: str) -> None:
    small = unpacked(level)
    prints: dict[int, Hashable] = {}
    for node, way in enumerate(small.ways):
        player = Player(small.model)
        for move in way:
            small.play(player, move)
        small.check(player, node)
        prints[node] = player.fingerprint()
    assert len(set(prints.values())) == len(prints)
    for node, way in enumerate(small.ways):
        for move in small.moves[node]:
            player = Player(small.model)
            for each in (*way, move):
                small.play(player, each)
            assert player.fingerprint() == prints[move.target]


@pytest.mark.parametrize("level", ["rfc", "two"])
def test_random_games_on_a_large_board_are_what_a_player_meets(level: str) -> None:
    large = unpacked(level)
    draw = random.Random(7)
    late = 0
    for _ in range(15):
        player, node = Player(large.model), 0
        for _ in range(30):
            large.check(player, node)
            if not large.moves[node]:
                break
            move = draw.choice(large.moves[node])
            late += move.late
            large.play(player, move)
            node = move.target
    assert late


def test_six_moves_tie_the_knot_and_the_third_decides() -> None:
    """What the front page plays."""
    circle = unpacked("circle")
    names = circle.stored["tasks"]
    node, seen = 0, []
    for name in ("balloon_worker",) * 2 + ("fs_task",) * 4:
        move = next(move for move in circle.moves[node] if names[move.task] == name)
        node = move.target
        seen.append((move.told, circle.kind(node)))
    assert seen == [
        ("balloon_worker takes balloon_lock.", OPEN),
        ("balloon_worker asks for a page and finds none, then needs fs_lock.", OPEN),
        ("fs_task takes fs_lock.", LOST),
        ("fs_task asks for a page and finds none, then comes to oom_lock.", LOST),
        ("fs_task wins oom_lock.", LOST),
        ("fs_task asks for a page and finds none, then needs balloon_lock.", GOAL),
    ]
    frame = circle.frame(node)
    assert frame.circle == ("fs_task", "balloon_lock", "balloon_worker", "fs_lock")
    stands = [LISTINGS[one.listing].code.splitlines()[one.line] for one in frame.programs[:2]]
    assert [frame.programs[i].listing for i in range(2)] == ["leak_balloon", "fill_balloon"]
    assert stands[0] == "mutex_lock(&balloon_lock);"
    assert "balloon_page_alloc" in stands[1]


def can_reach(some: Unpacked, kind: int) -> set[int]:
    """Every node from which one of `kind` can be reached, by going over all moves until nothing
    changes."""
    found = {node for node in range(len(some.moves)) if some.kind(node) == kind}
    grown = True
    while grown:
        grown = False
        for node, moves in enumerate(some.moves):
            if node not in found and any(move.target in found for move in moves):
                found.add(node)
                grown = True
    return found


@pytest.mark.parametrize("level", ["circle", "trylock", "before", "rfc", "merged"])
def test_lost_are_exactly_the_nodes_from_which_nobody_finishes(level: str) -> None:
    """On the board as in the explorer's graph, although the board has fewer schedules."""
    some = unpacked(level)
    saved = can_reach(some, ENDED)
    for node in range(len(some.moves)):
        assert (some.kind(node) in (GOAL, LOST)) == (node not in saved)


PAR: dict[str, tuple[int, int] | None] = {
    "circle": (1, 6),
    "delay": (1, 6),
    "trylock": (1, 4),
    "before": (1, 6),
    "rfc": (2, 7),
    "needless": (0, 4),
    "two": (2, 10),
    "merged": None,
}


def test_every_level_has_its_par() -> None:
    assert {name: unpacked(name).stored["best"] for name in LEVELS} == PAR


def fewest_by_rounds(some: Unpacked, delays: int | None) -> int | None:
    """Everything that no switch reaches, then everything that one reaches ..."""
    front = {(0, TurnTaking(delays=delays or 0))}
    seen: set[tuple[int, TurnTaking]] = set()
    switches = 0
    while front:
        stack = list(front)
        front = set()
        while stack:
            node, turn = stack.pop()
            if (node, turn) in seen:
                continue
            seen.add((node, turn))
            if some.kind(node) == GOAL:
                return switches
            able = {move.task for move in some.moves[node]}
            for move in some.moves[node]:
                after = (
                    TurnTaking(move.task) if delays is None else after_turn(turn, move.task, able)
                )
                if after is not None:
                    same = turn.last in (-1, move.task)
                    (stack.append if same else front.add)((move.target, after))
        switches += 1
    return None


@pytest.mark.parametrize("level", LEVELS)
def test_the_par_is_the_fewest_switches(level: str) -> None:
    found = fewest_by_rounds(unpacked(level), LEVELS[level].delays)
    par = PAR[level]
    assert found == (par and par[0])


@pytest.mark.parametrize("level", [name for name, one in LEVELS.items() if one.delays is None])
def test_no_schedule_of_single_steps_needs_fewer_switches(level: str) -> None:
    """The moves of the game leave schedules out, but none that is better."""
    chosen = LEVELS[level]
    found = explore(chosen.scenario, chosen.remedy, chosen.given)
    everything = moves_of(found.graph)
    everything.states = list(range(len(found.graph)))
    reached = goal_of(chosen, found, everything)
    targets = [state for state in range(len(found.graph)) if reached(state)]
    par = PAR[level]
    if par is None:
        assert not targets
    else:
        schedule, _ = shortest_schedule(found.graph, targets)
        assert switches(schedule) == par[0]


def test_without_its_delay_the_second_level_cannot_be_done() -> None:
    assert fewest_by_rounds(unpacked("delay"), 0) is None


@pytest.mark.parametrize(
    ("turn", "task", "able", "after"),
    [
        (TurnTaking(-1, -1, 1), 0, {0, 1}, TurnTaking(0, -1, 1)),  # who begins is free
        (TurnTaking(0, -1, 1), 0, {0, 1}, TurnTaking(0, -1, 1)),  # and goes on
        (TurnTaking(0, -1, 1), 1, {0, 1}, TurnTaking(1, 0, 0)),  # somebody else comes in between
        (TurnTaking(1, 0, 0), 1, {0, 1}, None),  # for one move
        (TurnTaking(1, 0, 0), 0, {0, 1}, TurnTaking(0, -1, 0)),
        (TurnTaking(0, -1, 0), 1, {0, 1}, None),  # and once
        (TurnTaking(0, -1, 0), 1, {1}, TurnTaking(1, -1, 0)),  # unless the first one must wait
        (TurnTaking(1, 0, 0), 1, {1, 2}, TurnTaking(1, -1, 0)),  # or the interrupted one
    ],
)
def test_the_rule_of_delays(
    turn: TurnTaking, task: int, able: set[int], after: TurnTaking | None
) -> None:
    assert after_turn(turn, task, able) == after


def test_in_the_released_kernel_nobody_dies_where_the_rfc_kills() -> None:
    """What the levels "needless" and "two" say of Linux 4.13."""
    for name in ("needless", "two"):
        chosen = LEVELS[name]
        found = explore(chosen.scenario, "mainline", chosen.given)
        assert found.verdict.word == "exhausted-clean"
        everything = moves_of(found.graph)
        everything.states = list(range(len(found.graph)))
        killed = goal_of(LEVELS["needless"], found, everything)
        assert not any(killed(state) for state in range(len(found.graph)))


def test_a_board_knows_its_settings() -> None:
    level = Level(
        "own", "Own", H1, "allocate-outside", "lockup", "Do.", "Done.", given={"host_us": 7}
    )
    stored = board(level)
    assert stored["best"] is None
    assert stored["settings"] == "host_us=7"
    trace = replay(f"{H1}/allocate-outside/{stored['settings']}/fs_task")
    assert trace.parameters["host_us"] == 7


def test_a_machine_too_large_for_a_page_is_refused() -> None:
    level = Level("large", "Large", "h2-three-task-poll", "offload", "lockup", "Do.", "Done.")
    with pytest.raises(ValueError, match="more than 40000 states; choose smaller sizes"):
        board(level)


def test_an_unknown_level_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(ValueError, match="circle, delay, trylock"):
        board("nowhere")


@pytest.mark.parametrize("check", [lambda word: "move pages out of" in word, lambda w: " > " in w])
def test_the_words_name_what_is_done_not_how_the_model_stores_it(
    check: Callable[[str], bool],
) -> None:
    for name in LEVELS:
        some = unpacked(name)
        told = {move.told for moves in some.moves for move in moves}
        said = {
            some.part(node, task)[1]
            for node in range(len(some.moves))
            for task in range(len(some.stored["tasks"]))
        }
        assert not [words for words in told | said if check(words)]
