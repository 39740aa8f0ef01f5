"""The HTML of a panel: the same text for a static page and for a notebook.

Everything the reader needs is in it, so the first picture is there without JavaScript; panel.js
only brings the controls to life. Every text is escaped here. The one exception is the picture: an
<svg> element written by oomlab's own figures, which escape the texts they draw.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from oomlab.views import Scalar
from oomlab.widgets.controls import (
    RADIO_LIMIT,
    Choice,
    Control,
    Slider,
    Toggle,
    shown_value,
)
from oomlab.widgets.grid import Grid
from oomlab.widgets.prediction import Prediction
from oomlab.widgets.stepper import Stepper
from oomlab.widgets.stepper_markup import stepper_html

_NO_SCRIPT = (
    "This page shows one stored result. With JavaScript switched on, controls appear here"
    " that show others."
)
LATE = (
    '<p class="oom-late">The controls have not started: their script did not arrive,'
    " or it may not run here.</p>"
)
"""Shown after some seconds, unless the script came. The book's pages put the reason in its place
(site_templates/page.html), where they may run as much as that."""


def panel_html(
    view: str,
    controls: Sequence[Control],
    fixed: Mapping[str, Scalar],
    title: str,
    prediction: Prediction | None,
    grid: Grid,
) -> str:
    """One panel as an HTML element, with its data inside it as JSON."""
    stored = data_script(
        {
            "view": view,
            "fixed": dict(fixed),
            "controls": [control.spec() for control in controls],
            "grid": grid.data(),
        }
    )
    # The same panel has the same ids in every build. panel.js tells two copies on a page apart.
    key = "oom-" + hashlib.sha256(f"{title}{prediction}{stored}".encode()).hexdigest()[:8]
    name = escape(title or "Interactive picture")
    heading = f'<p class="oom-title" aria-hidden="true">{name}</p>' if title else ""
    return _joined(
        f'<div class="oom-box oom-panel" role="group" aria-label="{name}" data-state="stored"'
        f"{' data-predict' if prediction else ''}>",
        heading,
        _question(prediction) if prediction else "",
        '<div class="oom-body">',
        '<form class="oom-form" autocomplete="off"><fieldset class="oom-controls" disabled>',
        '<legend class="oom-hidden">Controls</legend>',
        *(_control(control, f"{key}-{control.name}") for control in controls),
        "</fieldset></form>",
        f'<noscript><p class="oom-note">{_NO_SCRIPT}</p></noscript>',
        LATE,
        _stage(grid),
        '<div class="oom-foot"><p class="oom-status" role="status">stored result</p>',
        '<progress class="oom-progress" aria-label="Loading the engine" hidden></progress>',
        '<button type="button" class="oom-nearest" hidden></button></div>',
        '<details class="oom-words"><summary>The picture in words</summary>',
        f'<div class="oom-twin">{escape(grid.first["twin"])}</div></details></div>',
        stored,
        "</div>",
    )


def _stage(grid: Grid) -> str:
    tallest = grid.tallest()
    room = f' style="--oom-room:{tallest[0]:g}/{tallest[1]:g}"' if tallest else ""
    # The sentence comes first: it then stays beside the controls, whatever the picture's height.
    return _joined(
        f'<p class="oom-sentence" aria-live="polite">{escape(grid.first["sentence"])}</p>',
        f'<div class="oom-stage"><div class="oom-picture"{room}>{grid.first["picture"]}</div>',
        '<span class="oom-stale" aria-hidden="true">earlier values</span></div>',
    )


def _control(control: Control, ident: str) -> str:
    if isinstance(control, Slider):
        return _slider(control, ident)
    if isinstance(control, Toggle):
        return _toggle(control, ident)
    if isinstance(control, Stepper):
        return stepper_html(control, ident)
    return _radios(control) if len(control.options) <= RADIO_LIMIT else _list(control, ident)


def _radios(control: Choice) -> str:
    return _joined(
        f'<fieldset class="oom-control oom-radios"><legend>{escape(control.label)}</legend>',
        *(
            f'<label><input type="radio" name="{control.name}"'
            f"{' checked' if value == control.start else ''}>{escape(text)}</label>"
            for value, text in control.options.items()
        ),
        "</fieldset>",
    )


def _list(control: Choice, ident: str) -> str:
    return _joined(
        f'<div class="oom-control"><label for="{ident}">{escape(control.label)}</label>',
        f'<select id="{ident}" name="{control.name}">',
        *(
            f"<option{' selected' if value == control.start else ''}>{escape(text)}</option>"
            for value, text in control.options.items()
        ),
        "</select></div>",
    )


def _slider(control: Slider, ident: str) -> str:
    said = escape(shown_value(control, control.start))
    # The slider announces its value by itself; the output beside it is for the eye only.
    return _joined(
        f'<div class="oom-control oom-slider"><label for="{ident}">{escape(control.label)}</label>',
        f'<output for="{ident}" aria-live="off">{said}</output>',
        f'<input type="range" id="{ident}" name="{control.name}" min="{control.minimum}"'
        f' max="{control.maximum}" step="{control.step}" value="{control.start}"'
        f' aria-valuetext="{said}"></div>',
    )


def _toggle(control: Toggle, ident: str) -> str:
    return _joined(
        f'<div class="oom-control oom-toggle"><input type="checkbox" id="{ident}"'
        f' name="{control.name}"{" checked" if control.start else ""}>',
        f'<label for="{ident}">{escape(control.label)}</label></div>',
    )


def _question(prediction: Prediction) -> str:
    return _joined(
        '<form class="oom-prediction" autocomplete="off"><fieldset disabled>',
        f"<legend>Before you look: {escape(prediction.question)}</legend>",
        '<div class="oom-options">',
        *(
            f'<label><input type="radio" name="prediction" required>{escape(option)}</label>'
            for option in prediction.options
        ),
        '</div><div class="oom-buttons"><button type="submit">Show me</button>',
        '<button type="button" class="oom-skip">Skip the prediction</button></div>',
        "</fieldset></form>",
        '<div class="oom-compare" role="group" aria-label="Your prediction and the result"',
        ' tabindex="-1" hidden><dl>',
        '<div><dt>You predicted</dt><dd class="oom-predicted"></dd></div>',
        f'<div><dt>{escape(prediction.who)} says</dt><dd class="oom-model">'
        f"{escape(prediction.answer_sentence)}</dd></div></dl></div>",
    )


def _joined(*parts: str) -> str:
    return "".join(parts)


def data_script(data: Any) -> str:
    """`data` as JSON in a <script>, for ours to read.

    "</" would end the element, and a comment opened in it could swallow its end tag.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("</", "<\\/").replace("<!--", "\\u003c!--")
    return f'<script type="application/json">{safe}</script>'
