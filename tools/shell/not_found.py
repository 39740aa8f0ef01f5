"""404.html: what a server answers with for an address of the site at which there is no page.

It is shown at any depth, and nobody tells it below which folder the site lies. So it is one file
with all that it needs, and its script looks for the site's own files, folder by folder upwards. Its
policy allows this one script by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

_STATIC = Path(__file__).resolve().parents[2] / "book" / "site_static"
_SCRIPT = Path(__file__).with_name("not_found.js")


def not_found(app: Sphinx) -> str:
    """The text of 404.html, with links to the first page, the search and every page."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    script = _SCRIPT.read_text(encoding="utf-8")
    names = [name for name in app.env.toctree_includes.get(app.config.root_doc, [])]
    text: str = app.builder.templates.render(
        "not-found.html",
        {
            "base": app.config.html_baseurl,
            "colours": (_STATIC / "colours.css").read_text(encoding="utf-8"),
            "first": app.config.root_doc,
            "hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
            "names": [app.config.root_doc, *names],
            "script": script,
            "title": app.config.html_title,
            "titles": {name: title.astext() for name, title in app.env.titles.items()},
        },
    )
    return text
