"""Two machines, set up by the reader, side by side."""

from __future__ import annotations

from oomlab.checked import checked
from oomlab.widgets.panel import Panel
from oomlab.widgets.setup import Setup


@checked
class Sandbox(Panel):
    """Everything of the model combined: two machines, each a scenario, a remedy, settings and a
    seed, run on one axis of time.

    `a`, `b`: what is shown first, as lines of `Experiment.line`, which are its `values` as well.
    Raises InputError for a line that is not understood.
    """

    def __init__(
        self,
        a: str = "h2-three-task-poll/mainline//0",
        b: str = "h2-three-task-poll/trylock//0",
        title: str = "Two machines",
    ) -> None:
        controls = [Setup("a", "Machine A", a), Setup("b", "Machine B", b)]
        super().__init__("oomlab.views.sandbox:two_experiments", controls, title=title)
