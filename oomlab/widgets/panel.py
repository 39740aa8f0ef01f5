"""The panel: labelled controls over one picture, its sentence and its text twin.

One panel asks, in this order: the results stored in it (at once), the Pyodide engine of the site it
is in (any value, no server) and the Jupyter kernel it was made by. All three call the same views.
In a static page a panel is only HTML; in a notebook it is a widget as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import traitlets

from oomlab import views
from oomlab.checked import checked
from oomlab.errors import InputError, unknown
from oomlab.views import Scalar
from oomlab.widgets import scripts
from oomlab.widgets.controls import Control, check_controls
from oomlab.widgets.grid import Grid
from oomlab.widgets.markup import panel_html
from oomlab.widgets.prediction import AnyPrediction
from oomlab.widgets.shown import Shown


@checked
class Panel(Shown):
    """Controls over the picture that `view` draws for their values.

    `view` names a view ("oomlab.views.module:function"), `controls` are what the reader may change,
    `fixed` are further arguments of the view, `title` stands above the panel. With a `prediction`
    the reader first commits to an answer, or skips that, and then sees the picture.

    `values` is the present value of every control, by name. It follows the reader, and what is
    assigned to it moves the controls; names left out keep their value.

    Raises ValueError for an unknown view, arguments it does not have, wrong controls and a stored
    grid that is too large. A stored point that the view refuses with a ValueError is stored as that
    sentence; any other exception of the view goes through, and so stops the build of a book.
    """

    _esm = scripts.panel_module()

    values = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        view: str,
        controls: Sequence[Control],
        fixed: Mapping[str, Scalar] | None = None,
        title: str = "",
        prediction: AnyPrediction | None = None,
    ) -> None:
        self.controls = check_controls(controls)
        self.fixed = _check_fixed(fixed or {}, self.controls)
        self.view = view
        self._title = title
        start: dict[str, Any] = {control.name: control.start for control in self.controls}
        views.check_names(view, views.find(view), {**self.fixed, **start})
        self._grid = Grid(view, self.controls, self.fixed)
        html = panel_html(view, self.controls, self.fixed, title, prediction, self._grid)
        super().__init__(html, values=start)
        self.on_msg(self._hear)

    def answer(self, **values: Scalar) -> dict[str, str]:
        """What the panel shows for its present values with `values` changed.

        {"picture": ..., "sentence": ..., "twin": ...}, or {"error": sentence}.
        """
        try:
            checked = self._check({**self.values, **values})
        except ValueError as refusal:
            return {"error": str(refusal)}
        return views.answer(self.view, {**self.fixed, **checked})

    def _check(self, values: Mapping[str, Any]) -> dict[str, Scalar]:
        known = {control.name: control for control in self.controls}
        for name in values:
            if name not in known:
                raise unknown("control", name, known)
        return {name: known[name].check(value) for name, value in values.items()}

    @traitlets.validate("values")
    def _complete(self, proposal: Any) -> dict[str, Scalar]:
        try:
            return {**self.values, **self._check(proposal.value)}
        except ValueError as refusal:
            raise traitlets.TraitError(str(refusal)) from None

    def _hear(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Answers the page: a ping, so that it knows of us, and questions for other values."""
        if message.get("kind") == "ping":
            self.send({"kind": "pong", "id": message["id"]})
        elif message.get("kind") == "run":
            result = self.answer(**message["values"])
            self.send({"kind": "done", "id": message["id"], "result": result})

    def __repr__(self) -> str:
        return f"Panel({self._title or self.view}: {self._grid.first['sentence']})"


def _check_fixed(fixed: Mapping[str, Scalar], controls: Sequence[Control]) -> dict[str, Scalar]:
    for name, value in fixed.items():
        if not isinstance(value, (str, int, float, bool)):
            raise InputError(f"fixed value {name!r} is a text, a number or a bool, not {value!r}")
        if any(control.name == name for control in controls):
            raise InputError(f"{name!r} cannot be fixed: a control sets it")
    return dict(fixed)
