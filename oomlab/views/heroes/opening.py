"""What an opening picture is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from oomlab.brief import brief
from oomlab.figures.figure import Figure

CHAIN = "oom_notify_list rwsem"
"""The semaphore of the notifier chain."""

_CAPTION = "color:inherit;font-weight:400;text-align:start;margin-top:0.5rem"
"""As the text around it: the theme's own captions are too pale."""


@brief
@dataclass(frozen=True)
class Hero:
    """A picture, and below it the sentence that it shows; for a notebook and for a page."""

    figure: Figure
    caption: str

    def _repr_html_(self) -> str:
        caption = f'<figcaption style="{_CAPTION}">{escape(self.caption)}</figcaption>'
        return f'<figure class="oom-lead" style="margin:0">{self.figure.html}{caption}</figure>'

    def __repr__(self) -> str:
        return f"{self.figure.twin}\n{self.caption}"
