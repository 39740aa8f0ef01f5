"""The head of a page of the book, for what is made beside Sphinx: decks, a list of notebooks."""

from __future__ import annotations

import re
from html import escape

_PARTS = (
    re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>'),
    re.compile(r'<script src="[^"]*early\.js[^"]*"></script>'),
    re.compile(r'<link rel="stylesheet" href="[^"]*book\.css[^"]*">'),
    re.compile(r'<link rel="icon"[^>]*>'),
)
"""What such a page has from a page of the book, as it stands: both lie in a folder of the site."""


def head(page: str, title: str) -> str:
    """The beginning of a page up to where more may stand in its head, with the policy and the look
    of `page`, the HTML of a built page of the book. Raises ValueError if that is none."""
    found = [pattern.search(page) for pattern in _PARTS]
    if not all(found):
        raise ValueError("it has not the head of a page of this book")
    parts = "\n".join(one[0] for one in found if one)
    return (
        '<!DOCTYPE html>\n<html lang="en" data-content_root="../" data-theme="light">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n{parts}\n"
    )
