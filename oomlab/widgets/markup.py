"""The HTML of a panel: the same text for a static page and for a notebook.

Everything the reader needs is in it, so the first picture is there without JavaScript; panel.js
only brings the controls to life. Every text is escaped here. The one exception is the picture,
written by oomlab's own figures, which escape the texts they draw.
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
from oomlab.widgets.figures import caption, figure_mark
from oomlab.widgets.grid import Grid
from oomlab.widgets.prediction import AnyPrediction, Prediction
from oomlab.widgets.setup import Setup, setup_html

_NO_SCRIPT = (
    "This page shows one stored result. With JavaScript switched on, controls appear here"
    " that show others."
)
LATE = (
    '<p class="oom-late">The controls have not started: their script did not arrive (a page'
    " saved without its files has none), or it may not run here (a server must send it as"
    " JavaScript).</p>"
)
"""Shown after some seconds, unless the script came. The book's pages put the reason in its place
(site_static/early.js), where they may run as much as that; where no script may run, it names the
two reasons that were seen."""


_AFTER = (
    '<p class="oom-after"><button type="button" class="oom-again">Answer again</button>'
    '<button type="button" class="oom-forget">Forget all my answers</button></p>'
)
"""What can be done with an answer that the device keeps."""


def _tool(name: str, words: str, path: str) -> str:
    drawn = f'<svg viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>'
    return (
        f'<button type="button" class="oom-{name}" title="{words}">{drawn}'
        f'<span class="oom-hidden">{words}</span></button>'
    )


_TOOLS = (
    '<div class="oom-tools">'
    + _tool(
        "link",
        "Copy a link to this, as it stands",
        "M6.5 9.5l3-3M7.5 4.5l1.4-1.4a2.8 2.8 0 0 1 4 4L11.5 8.5"
        "M8.5 11.5l-1.4 1.4a2.8 2.8 0 0 1-4-4L4.5 7.5",
    )
    + _tool("screen", "Full screen", "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10")
    + "</div>"
)
"""What can be done with a panel as a whole."""


def panel_html(
    view: str,
    controls: Sequence[Control],
    fixed: Mapping[str, Scalar],
    title: str,
    prediction: AnyPrediction | None,
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
    question = _question(prediction) if prediction else ""
    key = "oom-" + hashlib.sha256(f"{title}{question}{stored}".encode()).hexdigest()[:8]
    return _joined(
        f'<figure class="oom-box oom-panel" {figure_mark(title, view)} data-state="stored"'
        f"{' data-predict' if prediction else ''}>",
        caption(title, "Interactive picture"),
        question,
        '<div class="oom-body">',
        f'<form class="oom-form" autocomplete="off"{"" if controls else " hidden"}>'
        '<fieldset class="oom-controls" disabled>',
        '<legend class="oom-hidden">Controls</legend>',
        *(_control(control, f"{key}-{control.name}") for control in controls),
        "</fieldset></form>",
        f'<noscript><p class="oom-note">{_NO_SCRIPT}</p></noscript>',
        LATE,
        _stage(grid),
        '<div class="oom-foot"><p class="oom-status" role="status">stored result</p>',
        '<progress class="oom-progress" aria-label="Loading the engine" hidden></progress>',
        '<button type="button" class="oom-stop" hidden>Stop</button>',
        '<button type="button" class="oom-retry" hidden>Try again</button>',
        '<button type="button" class="oom-nearest" hidden></button>',
        '<p class="oom-note-of-link" role="status" hidden></p></div>',
        '<details class="oom-words"><summary>The picture in words</summary>',
        f'<div class="oom-twin">{escape(grid.first["twin"])}</div></details>',
        _AFTER if prediction else "",
        "</div>",
        _TOOLS,  # last, so that the keyboard comes to the controls first
        stored,
        "</figure>",
    )


def _stage(grid: Grid) -> str:
    rooms = zip(("--oom-room", "--oom-room-narrow"), map(grid.tallest, (0, 1)), strict=True)
    kept = ";".join(f"{name}:{size[0]:g}/{size[1]:g}" for name, size in rooms if size)
    room = f' style="{kept}"' if kept else ""
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
    if isinstance(control, Setup):
        return setup_html(control, ident)
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


def _question(prediction: AnyPrediction) -> str:
    if isinstance(prediction, Prediction):
        texts = dict(enumerate(prediction.options))
        rows = (
            f'<label><input type="radio" name="prediction" required>{escape(option)}</label>'
            for option in prediction.options
        )
        answers = f'<div class="oom-options">{"".join(rows)}</div>'
    else:
        texts, answers = dict(prediction.guess.words), prediction.guess.html
    right = prediction.right
    return _joined(
        f'<form class="oom-prediction" autocomplete="off"{_right(right)}><fieldset disabled>',
        f"<legend>Before you look: {escape(prediction.question)}</legend>{answers}",
        '<div class="oom-buttons"><button type="submit">Show me</button>',
        '<button type="button" class="oom-skip">Skip the prediction</button></div>',
        '<p class="oom-then">The text below goes on when you have answered.</p>',
        "</fieldset></form>",
        '<div class="oom-compare" role="group" aria-label="Your prediction and the result"',
        ' tabindex="-1" hidden>',
        "" if right is None else '<p class="oom-judged"></p>',
        '<dl><div><dt>You predicted</dt><dd class="oom-predicted"></dd></div>',
        ""
        if right is None
        else f'<div class="oom-right"><dt>It is</dt><dd>✓ {escape(texts[right])}</dd></div>',
        f'<div><dt>{escape(prediction.who)} says</dt><dd class="oom-model">'
        f"{escape(prediction.answer_sentence)}</dd></div></dl></div>",
    )


def _right(right: int | None) -> str:
    return "" if right is None else f' data-right="{right}"'


def _joined(*parts: str) -> str:
    return "".join(parts)


def data_script(data: Any) -> str:
    """`data` as JSON in a <script>, for ours to read.

    "</" would end the element, and a comment opened in it could swallow its end tag.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("</", "<\\/").replace("<!--", "\\u003c!--")
    return f'<script type="application/json">{safe}</script>'
