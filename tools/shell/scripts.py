"""One script from those that pages would load one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_WIDE = re.compile(r"\((min|max)-width: ?(\d+)px\)")


def bundle(texts: Iterable[str]) -> str:
    """The scripts one after the other, in one scope as before.

    Where they ask how wide the window is they do so in letters, as the style sheets do
    (`styles.kept`): whoever doubles the size of the text has half as wide a window.
    """
    return "".join(f";{in_letters(_MAP.sub('', text)).strip()}\n" for text in texts)


def in_letters(text: str) -> str:
    """Widths of the window in `text` in units of the reader's own letters, of 16 px if not set."""
    return _WIDE.sub(lambda found: f"({found[1]}-width: {int(found[2]) / 16:g}em)", text)
