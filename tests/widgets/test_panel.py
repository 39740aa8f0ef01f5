from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
import traitlets

from oomlab import views
from oomlab.widgets import Choice, Panel, Prediction, Slider, Toggle
from oomlab.widgets.controls import Control
from oomlab.widgets.shown import BOOK_BUILD
from tests.widgets.demo import BAR, PAGES, demo_panel

HOSTILE = '"><img src=x onerror=alert(1)></script><!--<script>&amp;'


class Tags(HTMLParser):
    """The tags of a page, its visible text and the text of its script elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        (self.scripts if self.tags and self.tags[-1] == "script" else self.texts).append(data)


def stored_data(panel: Panel) -> Any:
    (script,) = re.findall(r'<script type="application/json">(.*)</script>', panel.html)
    return json.loads(script)


def test_the_html_shows_the_first_picture_without_any_script() -> None:
    html = demo_panel().html
    before_data = html.split("<script")[0]
    first = views.call(BAR, {"pages": 2, "remedy": "none", "colour": 0, "fast": False, "note": "!"})
    assert first["picture"] in before_data
    assert f">{first['sentence']}</p>" in before_data
    assert f">{first['twin']}</div>" in before_data
    assert "<noscript>" in before_data


def test_every_control_has_a_name_for_everyone() -> None:
    html = demo_panel().html
    for label in ("Pages in the balloon", "Remedy", "Fast host"):
        (ident,) = re.findall(rf'<label for="([^"]+)">{label}</label>', html)
        assert len(re.findall(rf'<(?:input|select)[^>]* id="{ident}"', html)) == 1
    assert re.search(r"<fieldset[^>]*><legend>Colour</legend><label><input type=\"radio\"", html)


def test_texts_are_escaped_and_cannot_leave_the_data() -> None:
    controls: list[Control] = [
        Choice("remedy", HOSTILE, {HOSTILE: HOSTILE, "b": "B"}),
        Slider("pages", HOSTILE, 0, 10, 1, stored=[2, 4], unit=HOSTILE),
        Toggle("fast", HOSTILE),
    ]
    guess = Prediction(HOSTILE, [HOSTILE, "b"], HOSTILE)
    panel = Panel(BAR, controls, fixed={"note": HOSTILE}, title=HOSTILE, prediction=guess)
    page = Tags(panel.html)
    assert "img" not in page.tags
    assert page.tags.count("script") == 1
    assert json.loads("".join(page.scripts))["fixed"] == {"note": HOSTILE}
    assert "<!--" not in panel.html
    # The title, three labels, one option of the list, one option and the answer of the prediction.
    assert page.texts.count(HOSTILE) == 7


def test_the_data_describe_the_controls() -> None:
    data = stored_data(demo_panel())
    assert data["view"] == BAR
    assert data["fixed"] == {"note": "!"}
    assert [spec["kind"] for spec in data["controls"]] == ["slider", "choice", "choice", "toggle"]
    assert data["controls"][0]["values"] == [2, 4, 8]
    assert len(data["grid"]["points"]) == 48


def test_the_same_panel_gives_the_same_bytes() -> None:
    assert demo_panel().html == demo_panel().html
    assert demo_panel().html != demo_panel(title="Another").html


def test_a_prediction_stands_before_the_picture() -> None:
    html = demo_panel(prediction=Prediction("What happens?", ["It stops", "It goes on"])).html
    assert html.index("What happens?") < html.index("It goes on") < html.index("<svg")
    assert "data-predict" in html
    assert "data-predict" not in demo_panel().html


def test_whoever_answers_a_prediction_is_named() -> None:
    ask = ("What happens?", ["It stops", "It goes on"], "It stops.")
    assert "<dt>The model says</dt>" in demo_panel(prediction=Prediction(*ask)).html
    html = demo_panel(prediction=Prediction(*ask, who="A <kernel>")).html
    assert "<dt>A &lt;kernel&gt; says</dt>" in html


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Panel("oomlab.views.demo:nothing", [PAGES]), r"unknown view .*demo:bar"),
        (lambda: Panel(BAR, []), "missing a required argument: 'pages'"),
        (lambda: Panel(BAR, [Toggle("speed", "S")]), "its parameters are: pages, remedy"),
        (lambda: Panel(BAR, [PAGES], fixed={"sped": 1}), "its parameters are: pages, remedy"),
        (lambda: Panel(BAR, [PAGES], fixed={"pages": 1}), "'pages' cannot be fixed"),
        (
            lambda: Panel(BAR, [PAGES], fixed={"note": None}),  # type: ignore[dict-item]
            "each value a text or a number or True or False",
        ),
    ],
)
def test_a_panel_checks_what_it_is_given(make: Callable[[], Panel], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_values_can_be_set_and_are_checked() -> None:
    panel = demo_panel()
    panel.values = {"pages": 5}
    assert panel.values == {"pages": 5, "remedy": "none", "colour": 0, "fast": False}
    assert panel.answer()["sentence"].startswith("There are 5 pages, none, slow!.")
    assert panel.answer(fast=True)["sentence"].startswith("There are 5 pages, none, fast!.")
    for wrong in ({"pages": 11}, {"page": 5}, {"fast": 1}):
        with pytest.raises(traitlets.TraitError):
            panel.values = wrong
    assert panel.values["pages"] == 5


class Wire:
    """Stands for the page: keeps what a panel sends to it."""

    def __init__(self, panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.panel = panel
        self.sent: list[dict[str, Any]] = []
        monkeypatch.setattr(panel, "send", lambda content, buffers=None: self.sent.append(content))

    def ask(self, **message: Any) -> list[dict[str, Any]]:
        self.sent.clear()
        self.panel._handle_custom_msg(message, [])
        return self.sent


def test_the_kernel_answers_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(demo_panel(), monkeypatch)
    assert wire.ask(kind="ping", id="a-1") == [{"kind": "pong", "id": "a-1"}]
    values: dict[str, Any] = {"pages": 5, "remedy": "both", "colour": 1, "fast": True}
    (done,) = wire.ask(kind="run", id="a-2", values=values)
    assert (done["kind"], done["id"]) == ("done", "a-2")
    assert done["result"] == views.call(BAR, {**values, "note": "!"})
    assert wire.ask(kind="something else", id="a-3") == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"pages": 7}, "Seven pages are never drawn"),
        ({"pages": 9}, "RuntimeError: the bar broke"),
        ({"pages": 99}, "pages goes from 0 to 10"),
        ({"remedy": "prayer"}, "unknown remedy 'prayer'; valid: none, outside"),
        ({"note": "x"}, "unknown control 'note'; valid: pages, remedy"),
    ],
)
def test_the_kernel_answers_failures_as_sentences(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], sentence: str
) -> None:
    (done,) = Wire(demo_panel(), monkeypatch).ask(kind="run", id="a", values=values)
    assert set(done["result"]) == {"error"}
    assert sentence in done["result"]["error"]


def test_a_notebook_gets_the_widget_and_the_html() -> None:
    panel = demo_panel()
    data, _metadata = panel._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == panel.model_id
    assert data["text/html"] == panel.html
    assert data["text/plain"] == "Panel(A bar: There are 2 pages, none, slow!.)"


def test_a_book_gets_the_html_and_no_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BOOK_BUILD, "1")
    panel = demo_panel()
    assert panel.comm is None  # nothing was told to a front end, so no widget state is stored
    assert panel._repr_mimebundle_() == {"text/html": panel.html, "text/plain": repr(panel)}
