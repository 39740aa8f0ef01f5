"""How a panel or a game is shown: alive in a notebook, as plain HTML in the book, and as a copy.

A notebook that is exported, or opened without its kernel, has no widget: front ends then leave the
place empty, even if the output holds HTML as well. So a notebook gets two outputs, first a copy of
the HTML that brings its stored results to life by itself, then the widget; and the copy hides for
as long as the widget stands in the same page.
"""

from __future__ import annotations

import os
import secrets
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from oomlab.widgets import scripts

BOOK_BUILD = "OOMLAB_BOOK_BUILD"
"""Environment variable: "1" while the static book is built, when no kernel will answer later."""


class Shown(anywidget.AnyWidget):
    """A widget whose `html` is all that there is to see; its script only brings that to life.

    `key` ties the widget to its copy in the notebook. `state` goes to the traits of a subclass.
    """

    _css = scripts.style()

    html = traitlets.Unicode().tag(sync=True)
    key = traitlets.Unicode().tag(sync=True)

    def __init__(self, html: str, **state: Any) -> None:
        super().__init__(html=html, key=secrets.token_hex(4), **state)

    def open(self) -> None:
        """Tells the front end about the widget; not in a book build, where nobody will listen.

        Without this a built page would hold everything twice, as HTML and as widget state.
        """
        if not in_book_build():
            super().open()

    def copy_html(self) -> str:
        """HTML that needs no kernel, no site and no other file, for a notebook to keep."""
        hide = f':root:has([data-oom-live="{self.key}"]) [data-oom-copy="{self.key}"]'
        return (
            f'<div data-oom-copy="{self.key}">'
            f"<style>{self._css}\n{hide} {{ display: none; }}</style>"
            f"{self.html}<script>{scripts.copy_script()}</script></div>"
        )

    def _ipython_display_(self) -> None:
        words = {"text/plain": repr(self)}
        if in_book_build():
            display({"text/html": self.html, **words}, raw=True)
            return
        display({"text/html": self.copy_html(), **words}, raw=True)
        # The empty HTML is for an export that has no state of the widget: it would print the words.
        display({**self._repr_mimebundle_()[0], "text/html": ""}, raw=True)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        static = {"text/html": self.html, "text/plain": repr(self)}
        if in_book_build():
            return static
        bundle = super()._repr_mimebundle_(**options)
        assert bundle is not None  # None is for widgets without a view; these have one
        return {**bundle[0], **static}, bundle[1]


def in_book_build() -> bool:
    """Is the static book being built, so that no kernel will answer later?"""
    return os.environ.get(BOOK_BUILD) == "1"
