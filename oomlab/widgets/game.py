"""The scheduler game: the reader is the scheduler, and brings a machine to where a level wants it.

All that a level's machine can do is in the page: nothing is computed while somebody plays.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from oomlab.analysis import wait_for_graph
from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.experiment import explore, run
from oomlab.figures import draw_circle
from oomlab.figures.state_space import MOST_DOTS, draw_states
from oomlab.figures.things import styles_of
from oomlab.widgets import scripts
from oomlab.widgets.game_board import BoardAndStage, played_on
from oomlab.widgets.game_levels import Level, find_level
from oomlab.widgets.game_stage import GameStage
from oomlab.widgets.markup import LATE, data_script
from oomlab.widgets.prediction import Prediction
from oomlab.widgets.shown import Shown

_NO_SCRIPT = (
    "The game needs JavaScript. Without it, the same can be done at a command line: "
    "oomlab explore prints the shortest schedule, and oomlab replay plays one."
)


@checked
class Game(Shown):
    """A board for each of several levels, named as in `oomlab.widgets.LEVELS`; the first one is
    shown at the start.

    `question` is asked before the first move, and answered when the goal is reached; it says which
    option is `right`, and `because` of what.
    Raises InputError for an unknown level, for no level at all, and as `board` does.
    """

    _esm = scripts.game_module()

    def __init__(
        self,
        levels: Sequence[str],
        title: str = "You are the scheduler",
        question: Prediction | None = None,
    ) -> None:
        if not levels:
            raise InputError("a game needs at least one level to play")
        if question is not None and question.right is None:
            raise InputError("the question of a game says which option is right")
        self.levels = [find_level(name) for name in levels]
        played = [played_on(level) for level in self.levels]
        super().__init__(_html(self.levels, played, title, question))

    def __repr__(self) -> str:
        return f"Game({', '.join(level.title for level in self.levels)})"


def _html(
    levels: Sequence[Level],
    played: Sequence[BoardAndStage],
    title: str,
    question: Prediction | None,
) -> str:
    name = escape(title)
    stored = [
        {
            **one.board,
            "goal": level.goal,
            "delays": level.delays,
            "text": level.task,
            "won": level.won,
        }
        for level, one in zip(levels, played, strict=True)
    ]
    return "".join(
        (
            f'<div class="oom-box oom-game" role="group" aria-label="{name}">',
            f'<p class="oom-title" aria-hidden="true">{name}</p>',
            f'<noscript><p class="oom-note">{_NO_SCRIPT}</p>{_where_it_ends(levels[0])}</noscript>',
            LATE,
            _question(question) if question else "",
            _list_of(levels),
            f'<p class="oom-g-goal">{escape(levels[0].task)}</p>',
            '<fieldset class="oom-g-play" disabled><legend class="oom-hidden">Game</legend>',
            '<div class="oom-moves">',
            '<button type="button" data-do="undo">Undo</button>',
            '<button type="button" data-do="restart">Start again</button>',
            '<button type="button" data-do="hint">Hint</button>',
            '<button type="button" data-do="prove" hidden>Try every order</button>',
            f'<span class="oom-g-score">{_score(played[0].board["best"])}</span>',
            '<button type="button" data-do="forget" hidden>Forget what I did</button>',
            "</div>",
            '<div class="oom-g-stages">',
            *(
                _stage(level, one.stage, first=level is levels[0])
                for level, one in zip(levels, played, strict=True)
            ),
            "</div></fieldset>",
            '<p class="oom-g-because" role="status"></p>' if question else "",
            *(_proof(level, number) for number, level in enumerate(levels)),
            '<details class="oom-g-replay-of"><summary>Your schedule, for a terminal</summary>',
            '<code class="oom-g-replay"></code></details>',
            data_script(stored).replace("<script ", '<script class="oom-g-data" ', 1),
            "</div>",
        )
    )


def _where_it_ends(level: Level) -> str:
    """The circle of waits that a level's machine runs into by itself, if it does."""
    trace = run(level.scenario, level.remedy)
    if not wait_for_graph(trace, trace.ended_at_us).cycle:
        return ""
    return draw_circle(trace, trace.ended_at_us, key=level.name).html


def _score(best: tuple[int, int] | None) -> str:
    """What the page says of no moves; later it says so itself."""
    return "0 moves, 0 switches" + (f" (fewest: {best[0]})" if best else "")


def _stage(level: Level, stage: GameStage, *, first: bool) -> str:
    """The picture of a level; the others than the `first` wait until they are asked for."""
    locks = [thing.name for thing in stage.scene.things if thing.kind == "lock"]
    faces = escape(json.dumps(styles_of(locks)))
    return (
        f'<div class="oom-g-stage" data-faces="{faces}"{"" if first else " hidden"}>'
        f"{stage.html(level.title, level.name)}</div>"
    )


def _list_of(levels: Sequence[Level]) -> str:
    if len(levels) == 1:
        return ""
    return "".join(
        (
            '<ol class="oom-g-levels" aria-label="Levels">',
            *(
                f'<li><button type="button" data-level="{level.name}">'
                f'<span class="oom-g-title">{escape(level.title)}</span>'
                '<span class="oom-g-mark"></span></button></li>'
                for level in levels
            ),
            "</ol>",
        )
    )


def _question(question: Prediction) -> str:
    return "".join(
        (
            f'<form class="oom-g-ask" data-right="{question.right}"',
            f' data-because="{escape(question.because)}"><fieldset>',
            f"<legend>Before you begin: {escape(question.question)}</legend>",
            *(
                f'<label><input type="radio" name="ask">{escape(option)}</label>'
                for option in question.options
            ),
            "</fieldset></form>",
        )
    )


def _proof(level: Level, number: int) -> str:
    """Every state of a level's machine, for when it is solved; nothing where they are too many."""
    found = explore(level.scenario, level.remedy, level.given)
    if level.goal != "lockup" or len(found.graph) > MOST_DOTS:
        return ""
    figure = draw_states(found, key=level.name)
    return "".join(
        (
            f'<figure class="oom-g-proof" data-of="{number}" hidden>{figure.html}',
            f"<figcaption>{escape(figure.title)}. {escape(figure.description)}</figcaption>",
            "</figure>",
        )
    )
