"""One script from those that pages would load one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*// (?!.*(?:licen[cs]e|copyright)).*\n", re.MULTILINE | re.IGNORECASE)
"""A line that says why, in a script that is not packed: nobody reads it in a page."""
_WIDE = re.compile(r"\((min|max)-width: ?(\d+)px\)")


def bundle(texts: Iterable[str]) -> str:
    """The scripts one after the other, in one scope as before, without their remarks.

    Where they ask how wide the window is they do so in letters, as the style sheets do
    (`styles.kept`): whoever doubles the size of the text has half as wide a window.
    """
    plain = (_COMMENT.sub("", _MAP.sub("", text)) for text in texts)
    return "".join(f";{in_letters(text).strip()}\n" for text in plain)


def in_letters(text: str) -> str:
    """Widths of the window in `text` in units of the reader's own letters, of 16 px if not set."""
    return _WIDE.sub(lambda found: f"({found[1]}-width: {int(found[2]) / 16:g}em)", text)
