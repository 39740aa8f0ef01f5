"""A student's Markdown on a page that somebody else opens."""

from __future__ import annotations

import jinja2
import pytest

from oomlab.course.grading import safe_markdown


def shown(text: str, **cell: object) -> str:
    """The text as a page of feedback has it."""
    environment = jinja2.Environment(autoescape=False)
    environment.filters["markdown2html"] = safe_markdown
    return environment.from_string("{{ text | markdown2html }}").render(text=text, cell=cell)


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:x)",
        "[a](JaVaScript:x)",
        "[a](data:text/html,x)",
        "<javascript:x>",
        "[a](vbscript:x)",
        "![a](javascript:x)",
        "<script>x</script>",
        "a <img src=x onerror=x>",
        "<div onclick=x>",
    ],
)
def test_nothing_that_a_browser_would_run_is_left(text: str) -> None:
    html = shown(text).lower()
    for word in ('="javascript:', '="data:', '="vbscript:', "<script", "<img src=x", "<div"):
        assert word not in html


def test_text_looks_as_its_author_meant_it() -> None:
    assert "<code>a &lt; b</code>" in shown("`a < b`")
    assert '<a href="https://example.org/">' in shown("[a](https://example.org/)")
    assert '"data:image/png;base64,AAAA"' in shown(
        "![a](attachment:a.png)", attachments={"a.png": {"image/png": "AAAA"}}
    )
    assert (
        shown("![a](attachment:gone.png) <b>") == "<pre>![a](attachment:gone.png) &lt;b&gt;</pre>"
    )
