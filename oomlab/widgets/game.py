"""The scheduler game: the reader is the scheduler and tries to reach the lockup.

The whole state graph of each machine is in the page: nothing is computed while somebody plays.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.views import Scalar
from oomlab.widgets import scripts
from oomlab.widgets.game_board import board
from oomlab.widgets.markup import LATE, data_script
from oomlab.widgets.shown import Shown

_NO_SCRIPT = (
    "The game needs JavaScript. Without it, the same can be done at a command line: "
    "oomlab explore prints the shortest schedule, and oomlab replay plays one."
)


@checked
class Game(Shown):
    """A board for each of several machines that differ in their remedy.

    `machines` maps remedies to the words the reader sees; the first one is shown at the start.
    `given` are parameters of the scenario, as for `oomlab.explore`. Raises ValueError for
    an unknown name, for no machine at all, and for a machine with too many states for a page.
    """

    _esm = scripts.game_module()

    def __init__(
        self,
        scenario: str,
        machines: Mapping[str, str],
        given: Mapping[str, Scalar] | None = None,
        title: str = "You are the scheduler",
    ) -> None:
        if not machines:
            raise InputError("a game needs at least one machine to play on")
        self.boards = [board(scenario, remedy, given) for remedy in machines]
        super().__init__(_html(self.boards, list(machines.values()), title))

    def __repr__(self) -> str:
        names = ", ".join(one["remedy"] for one in self.boards)
        return f"Game({self.boards[0]['scenario']}: {names})"


def _html(boards: list[dict[str, Any]], words: list[str], title: str) -> str:
    return "".join(
        (
            f'<div class="oom-box oom-game" role="group" aria-label="{escape(title)}">',
            f'<p class="oom-title" aria-hidden="true">{escape(title)}</p>',
            f"<noscript><p>{_NO_SCRIPT}</p></noscript>",
            LATE,
            '<fieldset disabled><legend class="oom-hidden">Game</legend>',
            "<label>Machine <select>",
            *(f"<option>{escape(text)}</option>" for text in words),
            "</select></label>",
            '<p class="oom-game-status" role="status"></p>',
            '<div class="oom-game-tasks" role="group" aria-label="Tasks"></div>',
            '<ul class="oom-game-locks" aria-label="Locks"></ul>',
            '<div class="oom-moves">',
            '<button type="button" data-do="undo">Undo</button>',
            '<button type="button" data-do="restart">Start again</button>',
            '<button type="button" data-do="hint">Hint</button>',
            '<span class="oom-game-score"></span></div></fieldset>',
            "<details><summary>Your schedule</summary>",
            '<ol class="oom-game-history"></ol><code class="oom-game-replay"></code>',
            '<p><a class="oom-game-link" href="#">Link to this schedule</a></p></details>',
            data_script({"boards": boards}),
            "</div>",
        )
    )
