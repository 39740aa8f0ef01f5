"""A view for the tests of panels: a number as a bar, tall for some values, refused for others."""

from __future__ import annotations

from html import escape

from oomlab.views import View, view


@view
def bar(
    pages: int | float, remedy: str = "none", fast: bool = False, note: str = "", colour: int = 0
) -> View:
    if pages == 7:
        raise ValueError("Seven pages are never drawn; choose another number")
    if pages == 9:
        raise RuntimeError("the bar broke")
    height = 60 + 10 * pages
    words = f"{pages} pages, {remedy}, {'fast' if fast else 'slow'}{note}"
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="oom-figure" role="img"'
        f' viewBox="0 0 300 {height:g}" aria-labelledby="bar-title">'
        f'<title id="bar-title">{escape(words)}</title>'
        '<defs><pattern id="bar-stripes" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path d="M0 6L6 0" stroke="currentColor" stroke-width="{2 if fast else 1}"/></pattern>'
        f'</defs><rect x="10" y="30" width="{20 * pages:g}" height="{height - 40:g}"'
        ' fill="url(#bar-stripes)" stroke="currentColor"/>'
        f'<text x="10" y="20" fill="currentColor">{escape(words)}</text></svg>'
    )
    long = " The balloon gives some of them back, and the host is told of every one." * (pages > 4)
    return View(picture, f"There are {words}.{long}", f"A bar.\n{words}")


@view
def same(pages: int, remedy: str = "none") -> View:
    """Whatever the values: one picture."""
    return View('<svg class="oom-figure" viewBox="0 0 3 1"></svg>', f"Always {remedy}.", "Nothing.")


@view
def wrong_kind(pages: int) -> View:
    return "not a view"  # type: ignore[return-value]


def not_a_view(pages: int) -> str:
    return "text"
