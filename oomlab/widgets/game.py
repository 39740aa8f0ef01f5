"""The scheduler game: the reader is the scheduler and tries to reach the lockup.

The whole state graph of each machine is in the page: nothing is computed while somebody plays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from oomlab.checked import checked
from oomlab.engine.explorer.board import board
from oomlab.errors import InputError
from oomlab.views import Scalar
from oomlab.widgets.panel import in_book_build

_HERE = Path(__file__).parent
_NO_SCRIPT = (
    "The game needs JavaScript. Without it, the same can be done at a command line: "
    "oomlab explore prints the shortest schedule, and oomlab replay plays one."
)


@checked
class Game(anywidget.AnyWidget):
    """A board for each of several machines that differ in their remedy.

    `machines` maps remedies to the words the reader sees; the first one is shown at the start.
    `given` are parameters of the scenario, as for `oomlab.engine.explorer.explore`. Raises
    ValueError for an unknown name, for no machine at all, and for a machine with too many states for a page.
    """

    _esm = (_HERE / "game.mjs").read_text(encoding="utf-8")
    _css = "\n".join(
        (_HERE / f"{name}.css").read_text(encoding="utf-8") for name in ("panel", "game")
    )

    html = traitlets.Unicode().tag(sync=True)

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
        super().__init__(html=_html(self.boards, list(machines.values()), title))

    def open(self) -> None:
        """Tells the front end about the widget; not in a book build, where nobody will listen."""
        if not in_book_build():
            super().open()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        static = {"text/html": self.html, "text/plain": repr(self)}
        if in_book_build():
            return static
        bundle = super()._repr_mimebundle_(**options)
        assert bundle is not None  # None is for widgets without a view; a game has one
        return {**bundle[0], **static}, bundle[1]

    def __repr__(self) -> str:
        names = ", ".join(one["remedy"] for one in self.boards)
        return f"Game({self.boards[0]['scenario']}: {names})"


def _html(boards: list[dict[str, Any]], words: list[str], title: str) -> str:
    stored = json.dumps({"boards": boards}, separators=(",", ":")).replace("</", "<\\/")
    return "".join(
        (
            f'<div class="oom-game" role="group" aria-label="{escape(title)}">',
            f'<p class="oom-title" aria-hidden="true">{escape(title)}</p>',
            f"<noscript><p>{_NO_SCRIPT}</p></noscript>",
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
            f'<script type="application/json">{stored}</script></div>',
        )
    )
