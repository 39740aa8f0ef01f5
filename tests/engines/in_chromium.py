"""Chromium, by Playwright as in all other tests."""

from __future__ import annotations

from playwright.sync_api import Browser, Error, Page

from tests.browser.driver import Watch
from tests.engines.tab import KEYS, SIZE, Actions, Gone, ScriptError, Tab

_NAMES = {sent: name for name, sent in KEYS.items()}
_GONE = ("Execution context was destroyed", "Cannot find context")


class ChromiumTab(Tab):
    """A tab with a context of its own."""

    name = "chromium"

    def __init__(self, browser: Browser, *, still: bool = False) -> None:
        self._watch = Watch()
        width, height = SIZE
        context = browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce" if still else "no-preference",
        )
        self._watch.over(context)
        self._page: Page = context.new_page()

    def open(self, url: str) -> None:
        self._page.goto(url, wait_until="load")

    def reload(self) -> None:
        self._page.reload(wait_until="load")

    def troubles(self) -> list[str]:
        found = [*self._watch.errors, *self._watch.outside]
        self._watch.errors.clear()
        self._watch.outside.clear()
        return found

    def close(self) -> None:
        self._page.context.close()

    def _call(self, arrow: str, text: str) -> str:
        try:
            found: str = self._page.evaluate(arrow, text)
        except Error as problem:
            kind = Gone if any(word in problem.message for word in _GONE) else ScriptError
            raise kind(problem.message) from problem
        return found

    def _perform(self, actions: Actions) -> None:
        mouse, keyboard = self._page.mouse, self._page.keyboard
        for action in (one for source in actions for one in source["actions"]):
            match action["type"]:
                case "pointerMove":
                    mouse.move(action["x"], action["y"], steps=4 if action["duration"] else 1)
                case "pointerDown":
                    mouse.down()
                case "pointerUp":
                    mouse.up()
                case "keyDown":
                    keyboard.down(_NAMES.get(action["value"], action["value"]))
                case "keyUp":
                    keyboard.up(_NAMES.get(action["value"], action["value"]))

    def _traverse(self, steps: int) -> None:
        self._page.evaluate("steps => history.go(steps)", steps)
