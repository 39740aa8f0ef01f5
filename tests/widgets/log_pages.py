"""Reading HTML as a browser does, and made-up logs in which every text is hostile."""

from __future__ import annotations

from html.parser import HTMLParser

TAGS = {
    *("div", "h2", "h3", "p", "a", "em", "strong", "span", "code", "pre", "ul", "ol"),
    *("li", "details", "summary", "figure", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("svg", "title", "desc", "style", "defs", "pattern", "rect", "path", "g", "text", "tspan"),
    *("line", "circle", "polygon"),
}
"""All elements that may stand in what is said of a log."""

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'onmouseover='alert(1)",
    "</code></pre></style></title><script>alert(1)</script>",
    "<!--",
    "]]>&lt;b&gt;",
    "javascript:alert(1)",
    "\x1b[2J\u202e\x00\ud800",
)


class Seen(HTMLParser):
    """The tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((name, dict(attrs)))

    def handle_startendtag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(name, attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def dangers(html: str) -> list[str]:
    """What a text of a log must not bring into a page."""
    seen = Seen(html)
    found = [f"<{name}>" for name, _ in seen.tags if name.lower() not in TAGS]
    found += [
        f"{name} {key}={value}"
        for name, attributes in seen.tags
        for key, value in attributes.items()
        if key.startswith("on")
        or ("javascript:" in (value or "").lower() and not key.startswith("data-"))
    ]
    links = [attributes.get("href") or "" for name, attributes in seen.tags if name == "a"]
    return found + [link for link in links if ":" in link.partition("#")[0] or link[:2] == "//"]
