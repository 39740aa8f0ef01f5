"""The panel: labelled controls over one picture, its sentence and its text twin.

One panel asks, in this order: the results stored in it (at once), the Pyodide engine of the site it
is in (any value, no server) and the Jupyter kernel it was made by. All three call the same views.
In a static page a panel is only HTML; in a notebook it is a widget as well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from oomlab import views
from oomlab.checked import checked
from oomlab.errors import InputError, unknown
from oomlab.views import Scalar
from oomlab.widgets.controls import Control, check_controls
from oomlab.widgets.grid import Grid
from oomlab.widgets.markup import panel_html
from oomlab.widgets.prediction import Prediction

BOOK_BUILD = "OOMLAB_BOOK_BUILD"
"""Environment variable: "1" while the static book is built, when no kernel will answer later."""

_HERE = Path(__file__).parent
_MODULES = ("stepper", "controls", "engines", "prediction", "stage", "panel")
_LOCAL_IMPORT = re.compile(r'^import \{[^}\n]*\} from "\./[a-z]+\.mjs";\n', re.MULTILINE)


def joined_modules() -> str:
    """The panel's JavaScript as one module, each part before those that import it.

    A notebook hands a widget's code to the browser as one text, in which "./controls.mjs" means
    nothing. The parts give each of their top-level names to one thing only, so joining is enough.
    """
    parts = [(_HERE / f"{name}.mjs").read_text(encoding="utf-8") for name in _MODULES]
    return "\n".join(_LOCAL_IMPORT.sub("", part) for part in parts)


@checked
class Panel(anywidget.AnyWidget):
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

    _esm = joined_modules()
    _css = (_HERE / "panel.css").read_text(encoding="utf-8")

    html = traitlets.Unicode().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        view: str,
        controls: Sequence[Control],
        fixed: Mapping[str, Scalar] | None = None,
        title: str = "",
        prediction: Prediction | None = None,
    ) -> None:
        self.controls = check_controls(controls)
        self.fixed = _check_fixed(fixed or {}, self.controls)
        self.view = view
        self._title = title
        start: dict[str, Any] = {control.name: control.start for control in self.controls}
        views.check_names(view, views.find(view), {**self.fixed, **start})
        self._grid = Grid(view, self.controls, self.fixed)
        html = panel_html(view, self.controls, self.fixed, title, prediction, self._grid)
        super().__init__(html=html, values=start)
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

    def open(self) -> None:
        """Tells the front end about the widget; not in a book build, where nobody will listen.

        Without this a built page would hold everything twice, as HTML and as widget state.
        """
        if not in_book_build():
            super().open()

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

    def _repr_mimebundle_(self, **options: Any) -> Any:
        static = {"text/html": self.html, "text/plain": repr(self)}
        if in_book_build():
            return static
        bundle = super()._repr_mimebundle_(**options)
        assert bundle is not None  # None is for widgets without a view; a panel has one
        return {**bundle[0], **static}, bundle[1]

    def __repr__(self) -> str:
        return f"Panel({self._title or self.view}: {self._grid.first['sentence']})"


def in_book_build() -> bool:
    """Is the static book being built, so that no kernel will answer later?"""
    return os.environ.get(BOOK_BUILD) == "1"


def _check_fixed(fixed: Mapping[str, Scalar], controls: Sequence[Control]) -> dict[str, Scalar]:
    for name, value in fixed.items():
        if not isinstance(value, (str, int, float, bool)):
            raise InputError(f"fixed value {name!r} is a text, a number or a bool, not {value!r}")
        if any(control.name == name for control in controls):
            raise InputError(f"{name!r} cannot be fixed: a control sets it")
    return dict(fixed)
