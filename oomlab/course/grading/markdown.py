"""Text of a student's on a page that somebody else opens."""

from __future__ import annotations

from html import escape
from typing import Any

from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath


@pass_context
def safe_markdown(context: Any, source: str) -> str:
    """Markdown as HTML, as nbconvert makes it, but HTML within it is shown and not obeyed,
    and links lead to pages and files only, not to `javascript:`."""
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=True, allow_harmful_protocols=False, attachments=attachments)
    try:
        return MarkdownWithMath(renderer=renderer).render(source)
    except InvalidNotebook:  # a picture that has not been handed in
        return f"<pre>{escape(source)}</pre>"
