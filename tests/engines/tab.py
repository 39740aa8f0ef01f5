"""A tab of a browser, as the tests of this folder see it: the same in every engine.

What an engine must do itself is at the end of `Tab`: six short methods. All else is made of those,
so that a test cannot ask for something that one engine does in a way of its own.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from typing import Any

PATIENCE_S = 20.0
"""How long a test waits for what should come. Nothing that goes well takes so long."""

_SLICE_S = 5

SIZE = (1280, 900)
"""Width and height of the page in CSS pixels."""

Actions = list[dict[str, Any]]
"""Input as WebDriver describes it: a list of sources, each with its actions."""

# By what name the tests call a key, and what WebDriver sends for it.
KEYS = {
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue006",
    "Space": " ",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}

# The function stands in the text: the pages' own policy refuses `eval`, and WebKit asks it.
_WAIT = """async (given, patience) => {
    const wanted = WANTED;
    const end = performance.now() + patience;
    let found;
    do {
        found = await wanted(...given);
        if (found) return found;
        await new Promise((again) => setTimeout(again, 20));
    } while (performance.now() < end);
    return null;
}"""

# Where the pointer has to go to press something, and what is in its way there.
_SPOT = """async (css, nth) => {
    const all = [...document.querySelectorAll(css)].filter((one) => one.checkVisibility());
    const one = all.at(nth);
    if (!one) return { lacks: `nothing visible is ${css} (number ${nth} of ${all.length})` };
    one.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    // A press before the page has come to rest would be one where something was before.
    await document.fonts.ready;
    const drawn = () => new Promise((next) => requestAnimationFrame(next));
    let [box, before] = [one.getBoundingClientRect(), null];
    while (before?.top !== box.top || before.left !== box.left) {
        await drawn().then(drawn);
        [box, before] = [one.getBoundingClientRect(), box];
    }
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const there = document.elementFromPoint(x, y);
    const near = (a, b) => a.contains(b) || b.contains(a) || b.closest("label")?.contains(a);
    const hit = there && near(one, there);
    if (!hit) return { lacks: `${css} is covered by ${there?.outerHTML.slice(0, 120)}` };
    return { x: Math.round(x), y: Math.round(y) };
}"""


class ScriptError(Exception):
    """A script of a test broke in the page; the message is the browser's."""


class Gone(Exception):
    """The page went away while something was asked of it."""


class Tab(ABC):
    """One tab. It is used by one test after the other; `open` leaves nothing of the page before."""

    name: str
    """The engine: chromium, firefox or webkit."""

    def run(self, function: str, *given: Any) -> Any:
        """What a JavaScript function says in the page, for arguments that JSON can carry.

        A promise is waited for. Raises ScriptError with the browser's words, and Gone when the
        page is left meanwhile.
        """
        arrow = f"async (text) => JSON.stringify(await ({function})(...JSON.parse(text)) ?? null)"
        return json.loads(self._call(arrow, json.dumps(given)))

    def wait(self, function: str, *given: Any, seconds: float = PATIENCE_S) -> Any:
        """What the function says as soon as that is true in JavaScript's sense.

        Asks again every 20 ms, also in the page that comes after this one. Raises AssertionError
        after `seconds`.
        """
        asked = _WAIT.replace("WANTED", f"({function})")
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                # In slices: a driver has a limit of its own for a script.
                if found := self.run(asked, given, 1000 * min(left, _SLICE_S)):
                    return found
            except Gone:
                time.sleep(0.02)
        raise AssertionError(f"did not come true in {seconds} s: {function} of {given}")

    def text(self, css: str) -> str:
        """The text of the first element that is `css`."""
        found: str = self.run("css => document.querySelector(css).textContent", css)
        return found

    def waits_for(self, css: str, text: str, *, seconds: float = PATIENCE_S) -> None:
        """Waits until the first element that is `css` has `text` in it.

        Raises AssertionError with what it has instead.
        """
        try:
            self.wait(
                "(css, text) => document.querySelector(css)?.textContent.includes(text)",
                css,
                text,
                seconds=seconds,
            )
        except AssertionError:
            found = self.run("css => document.querySelector(css)?.textContent ?? null", css)
            raise AssertionError(f"{css} says {found!r}, not {text!r}") from None

    def click(self, css: str, nth: int = 0) -> None:
        """Presses the middle of the nth visible element that is `css`, as a mouse does.

        Raises AssertionError if there is none, or if something else would be pressed.
        """
        spot = self.run(_SPOT, css, nth)
        assert "lacks" not in spot, spot["lacks"]
        self._perform(_pointer([(spot["x"], spot["y"])]))

    def drag(self, *points: tuple[float, float]) -> None:
        """Presses at the first point of the window and lets go at the last."""
        self._perform(_pointer([(round(x), round(y)) for x, y in points]))

    def box(self, css: str) -> tuple[float, float, float, float]:
        """Left, top, width and height in the window of the first element that is `css`, once it
        is in view."""
        assert "lacks" not in self.run(_SPOT, css, 0), css
        left, top, width, height = self.run(
            """css => {
                const box = document.querySelector(css).getBoundingClientRect();
                return [box.left, box.top, box.width, box.height];
            }""",
            css,
        )
        return left, top, width, height

    def press(self, *keys: str) -> None:
        """Presses keys, one after the other: characters, or names from KEYS."""
        strokes = [KEYS.get(key, key) for key in keys]
        presses = [
            {"type": way, "value": stroke} for stroke in strokes for way in ("keyDown", "keyUp")
        ]
        self._perform([{"type": "key", "id": "keys", "actions": presses}])

    def focus(self, css: str) -> None:
        """Gives an element the focus, and brings it into view."""
        self.run("css => void document.querySelector(css).focus()", css)

    def mark(self) -> None:
        """Leaves a mark in the page, by which `fresh` knows it."""
        self.run("() => void (window.tested = 1)")

    def go(self, steps: int, url: str) -> None:
        """Goes back (-1) or forward (1) in the tab's history, until the page of `url` is there."""
        self._traverse(steps)
        end = time.monotonic() + PATIENCE_S
        # Asked from here: a page that is kept for later keeps an answer to itself.
        path = url.split("#")[0].split("?")[0]  # the rest may be written when the page is left
        while self._where() != [path, "complete"]:
            assert time.monotonic() < end, f"{url} did not come; here is {self._where()}"
            time.sleep(0.02)

    def _where(self) -> Any:
        try:
            return self.run("() => [location.href.split(/[?#]/)[0], document.readyState]")
        except Gone:
            return None

    @abstractmethod
    def open(self, url: str) -> None:
        """Goes to an address and waits until all of the page is loaded."""

    @abstractmethod
    def reload(self) -> None:
        """Loads the page again and waits for it."""

    @abstractmethod
    def troubles(self) -> list[str]:
        """What the engine has complained about, or asked of other hosts, since the last call."""

    @abstractmethod
    def close(self) -> None:
        """Ends the tab, and the browser if it was started for it."""

    @abstractmethod
    def _call(self, arrow: str, text: str) -> str:
        """The text that an asynchronous function of a text resolves to."""

    @abstractmethod
    def _perform(self, actions: Actions) -> None:
        """Lets keys or the pointer act."""

    @abstractmethod
    def _traverse(self, steps: int) -> None:
        """Goes one step through the history; need not wait."""


def _pointer(points: list[tuple[int, int]]) -> Actions:
    (x, y), *others = points
    moves: list[dict[str, Any]] = [{"type": "pointerMove", "x": x, "y": y, "duration": 0}]
    moves.append({"type": "pointerDown", "button": 0})
    moves += [{"type": "pointerMove", "x": x, "y": y, "duration": 50} for x, y in others]
    moves.append({"type": "pointerUp", "button": 0})
    mouse = {"pointerType": "mouse"}
    return [{"type": "pointer", "id": "mouse", "parameters": mouse, "actions": moves}]
