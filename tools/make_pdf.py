"""`make pdf`: the whole book as one file, _build/oomlab.pdf, printed by Chromium from the site.

The articles of all pages are put into one document, in the order of the contents, and links between
pages become links inside it. The rules for paper are those of book/site_static/print.css, so the
book looks as a page printed by a reader does.
"""

from __future__ import annotations

import argparse
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tools import get_chromium
from tools.build_book import pages
from tools.paths import ROOT, SITE
from tools.serve import server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OUTPUT = ROOT / "_build" / "oomlab.pdf"

_ARTICLE = re.compile(r'<article class="bd-article">(.*?)</article>', re.DOTALL)
_HEAD = re.compile(r"<head>.*?</head>", re.DOTALL)
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_WAYS = re.compile(r'<link rel="(?:index|search|next|prev|canonical)"[^>]*>')
_HEADING = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_HEADER_LINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
_IDENT = re.compile(r'\b(id|for|aria-labelledby|aria-describedby)="([^"]*)"')
_HREF = re.compile(r'\bhref="([^"]*)"')
_OWN_STYLE = """<style>
.oom-part { break-before: page; }
.oom-contents ul { list-style: none; padding: 0; }
.oom-contents li { margin: 0.2rem 0; }
.oom-contents .oom-caption { font-weight: 700; margin-top: 1rem; break-after: avoid; }
</style>"""
_FOOTER = (
    '<div style="width:100%;font:8px sans-serif;color:#4a5460;text-align:center">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)


def main() -> int:
    """Command line: returns 0 when the file is written."""
    parser = argparse.ArgumentParser(description="Print the built book into one PDF.")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where to write it")
    options = parser.parse_args()
    chromium = get_chromium.find()
    if chromium is None:
        print(
            "The PDF is printed by Chromium, and none was found. Install it (Debian, Ubuntu:"
            " apt-get install chromium), or say where it is:"
            " OOMLAB_CHROMIUM=/path/to/chromium make pdf",
            file=sys.stderr,
        )
        return 1
    if missing := [name for name in pages() if not (SITE / f"{name}.html").is_file()]:
        print(f"The site lacks {', '.join(missing)}: run make book first", file=sys.stderr)
        return 1
    options.output.parent.mkdir(parents=True, exist_ok=True)
    write_pdf(chromium, pages(), options.output)
    print(f"Wrote {options.output}, {options.output.stat().st_size / 1e6:.1f} MB")
    return 0


def write_pdf(chromium: str, names: Sequence[str], output: Path) -> None:
    """Print the pages called `names` into one file, by the Chromium at the path `chromium`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--disable-gpu"])
        try:
            print_pages(browser, names, output)
        finally:
            browser.close()


def print_pages(browser: Browser, names: Sequence[str], output: Path) -> None:
    """The same by a browser that is running; bookmarks are made from the headings."""
    context = browser.new_context(java_script_enabled=False, color_scheme="light")
    try:
        with _serving() as address:
            view = context.new_page()
            view.goto(f"{address}{names[0]}.html")  # so that the style sheets are found
            view.set_content(one_document(names), wait_until="networkidle")
            view.pdf(
                path=output,
                format="A4",
                outline=True,
                tagged=True,
                prefer_css_page_size=True,
                print_background=True,
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=_FOOTER,
            )
    finally:
        context.close()


def one_document(names: Sequence[str]) -> str:
    """One HTML document with the articles of the pages called `names`, addressed from the first."""
    texts = {name: (SITE / f"{name}.html").read_text(encoding="utf-8") for name in names}
    articles = {name: _article(text, name, names) for name, text in texts.items()}
    head = _WAYS.sub("", _SCRIPT.sub("", _first(_HEAD, texts[names[0]])))
    head = re.sub(r"<title>.*?</title>", "<title>oomlab</title>", head, flags=re.DOTALL)
    body = "".join(
        f'<section class="oom-part" id="{_anchor(name)}">{article}</section>'
        for name, article in articles.items()
    )
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light">{head}{_OWN_STYLE}<body>'
        f'<main class="bd-main"><div class="bd-content"><div class="bd-article-container">'
        f'<article class="bd-article">{_contents(articles)}{body}</article>'
        "</div></div></main></body></html>"
    )


def _contents(articles: dict[str, str]) -> str:
    """The title page: every page of the book by its part, with its line of the story."""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    begins = {part["chapters"][0]["file"]: part["caption"] for part in parts}
    lines = _story()
    items = ""
    for name, article in articles.items():
        if name in begins:
            items += f'<li class="oom-caption">{escape(begins[name])}</li>'
        link = f'<a href="#{_anchor(name)}">{escape(_title(article))}</a>'
        items += f"<li>{link} <em>{escape(lines.get(name, ''))}</em></li>"
    return f'<nav class="oom-contents"><h1>oomlab</h1><ul>{items}</ul></nav>'


def _story() -> dict[str, str]:
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    lines: dict[str, str] = settings["sphinx"]["config"]["html_context"]["story"]
    return lines


def _title(article: str) -> str:
    heading = _HEADER_LINK.sub("", _first(_HEADING, article))
    return " ".join(_TAG.sub("", heading).split())


def _article(text: str, name: str, names: Sequence[str]) -> str:
    """The article of a page, its ids made its own and its links to other pages made local."""
    article = _SCRIPT.sub("", _first(_ARTICLE, text))
    prefix = _anchor(name)

    def own(match: re.Match[str]) -> str:
        idents = " ".join(f"{prefix}-{ident}" for ident in match[2].split())
        return f'{match[1]}="{idents}"'

    article = _IDENT.sub(own, article).replace("url(#", f"url(#{prefix}-")
    return _HREF.sub(lambda match: f'href="{_target(match[1], name, names)}"', article)


def _target(href: str, name: str, names: Sequence[str]) -> str:
    """Where a link of the page `name` leads to in the one document."""
    path, _, fragment = href.partition("#")
    if ":" in path.split("/")[0]:  # another host, or mail
        return href
    folder = name.rpartition("/")[0]
    other = f"{folder}/{path.removesuffix('.html')}".strip("/") if path else name
    if other not in names:
        return href
    if not fragment or fragment.startswith("bench-"):  # what a workbench's link carries is no place
        return f"#{_anchor(other)}"
    return f"#{_anchor(other)}-{fragment}"


def _anchor(name: str) -> str:
    return "page-" + name.replace("/", "-")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise ValueError(f"there is no {pattern.pattern} in this page")
    return found[found.lastindex or 0]


@contextmanager
def _serving() -> Iterator[str]:
    site = server(SITE, 0)
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{site.server_address[1]}/"
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


if __name__ == "__main__":
    sys.exit(main())
