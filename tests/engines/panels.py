"""Panels in a tab: what their controls are set to, and whether they show what belongs to that."""

from __future__ import annotations

from typing import Any

from tests.engines.tab import Tab

# Defines `look(panel)`: what a panel is set to, what it shows, and what it should. How the stored
# points are ordered is said in oomlab/widgets/grid.py.
_LOOK = """
const fields = (panel, name) => [...panel.querySelectorAll(`.oom-form [name="${name}"]`)];
const read = (panel, { name, kind, values, options = values }) => {
    const [first, ...others] = fields(panel, name);
    if (kind === "toggle") return first.checked;
    if (kind === "setup") return first.value;
    if (first.type === "range") return first.valueAsNumber;
    return options[others.length ? [first, ...others].findIndex((one) => one.checked)
        : first.selectedIndex];
};
const words = (root) => (root.querySelector(".oom-m-time") ?? root).textContent;
const part = (panel, name) => panel.querySelector(`.oom-${name}`);
const look = (panel) => {
    const { controls, grid } =
        JSON.parse(panel.querySelector(":scope > script[type='application/json']").textContent);
    let place = 0;
    for (const spec of controls) {
        const values = spec.values ?? [false, true];
        const digit = values.findIndex((value) => value === read(panel, spec));
        place = digit < 0 ? -1 : place < 0 ? place : place * values.length + digit;
    }
    const point = grid.points[place];
    const stored = Boolean(point) && point.length > 1;
    const wanted = document.createElement("div");
    if (stored) wanted.innerHTML = grid.pictures[point[0]];
    return {
        set: controls.map((spec) => read(panel, spec)),
        stored,
        status: part(panel, "status").textContent,
        sentence: part(panel, "sentence").textContent,
        picture: words(part(panel, "picture")),
        agrees: stored && part(panel, "sentence").textContent === grid.sentences[point[1]]
            && part(panel, "twin").textContent === grid.twins[point[2]]
            && words(part(panel, "picture")) === words(wanted),
    };
};
"""

STATE = f"(n) => {{ {_LOOK} return look(document.querySelectorAll('.oom-panel')[n]); }}"

# What there is to do to each control of a panel, as a reader would: keys to press after one field
# has got the focus, or a label to press. What has positions which are not stored is
# brought to another that is, as a hand would; between them see test_engine.py.
_MOVES = f"""(n) => {{
    {_LOOK}
    const panel = document.querySelectorAll(".oom-panel")[n];
    const data = panel.querySelector(":scope > script[type='application/json']").textContent;
    const moved = JSON.parse(data).controls.filter(({{ kind }}) => kind !== "setup");
    return moved.map((spec, i) => {{
        const [first, ...others] = fields(panel, spec.name);
        const at = read(panel, spec);
        const mark = (one) => (one.dataset.tested = `${{n}}-${{i}}`);
        if (spec.kind === "toggle") return {{ focus: mark(first), key: "Space" }};
        if (others.length) {{
            const other = [first, ...others].find((one) => !one.checked);
            return {{ press: mark(other.closest("label")) }};
        }}
        const last = spec.values.at(-1);
        if (spec.options) {{
            const other = spec.options.indexOf(spec.values.find((one) => one !== at));
            return other < 0 ? null : {{ to: other, set: mark(first) }};
        }}
        if (first.tagName === "SELECT")
            return {{ focus: mark(first), key: at === last ? "ArrowUp" : "ArrowDown" }};
        const step = Number(first.step) || 1;
        for (const [key, next] of [["ArrowRight", at + step], ["ArrowLeft", at - step]])
            if (spec.values.includes(next)) return {{ focus: mark(first), key }};
        return {{ to: spec.values.find((value) => value !== at), set: mark(first) }};
    }}).filter(Boolean);
}}"""

_SET = """(css, value) => {
    const field = document.querySelector(css);
    field[field.type === "range" ? "value" : "selectedIndex"] = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
}"""

REVEAL = """() => document.querySelectorAll(".oom-prediction:not([hidden]) .oom-skip")
    .forEach((button) => button.click())"""
"""Skips all questions of a page."""

_AGREES = f"(n) => {{ {_LOOK} return look(document.querySelectorAll('.oom-panel')[n]).agrees; }}"


def state(tab: Tab, number: int) -> dict[str, Any]:
    """What a panel is set to and shows; `agrees`: its picture, sentence and text are those stored
    for what its controls are set to."""
    found: dict[str, Any] = tab.run(STATE, number)
    return found


def agrees(tab: Tab, number: int) -> None:
    """Waits until a panel shows what is stored for its controls; says what it shows otherwise."""
    try:
        tab.wait(_AGREES, number, seconds=5)
    except AssertionError:
        raise AssertionError(f"panel {number} shows {state(tab, number)}") from None


def moves(tab: Tab, number: int) -> list[dict[str, Any]]:
    """One move for each control of a panel, to be made with `make`."""
    found: list[dict[str, Any]] = tab.run(_MOVES, number)
    return found


def make(tab: Tab, move: dict[str, Any]) -> None:
    """Moves a control."""
    if "press" in move:
        tab.click(f"[data-tested='{move['press']}']")
    elif "key" in move:
        tab.focus(f"[data-tested='{move['focus']}']")
        tab.press(move["key"])
    else:
        tab.run(_SET, f"[data-tested='{move['set']}']", move["to"])
