"""The shell of the book's pages: what stands around the text, from the theme's parts and ours.

The theme links a dozen style sheets and as many scripts, some of them inside the page. A page of
the book links one of each instead, made when all pages are written:

    _static/book.css      every style sheet, without the rules that no page can use
    _static/shell.js      every script, those that stood inside pages as well
    404.html              for a server to answer with when there is no such page

So a page draws its first picture early, and a policy can forbid scripts inside pages. What begins
before anything is drawn is book/site_static/early.js.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from tools.fetch_engine import PAGE_SCRIPT, WRITING_SCRIPT
from tools.shell.icons import with_icons
from tools.shell.not_found import not_found
from tools.shell.scripts import bundle
from tools.shell.styles import Names, kept

CSS, JS = "book.css", "shell.js"
THEME_SHEETS = ("basic.css", "styles/pydata-sphinx-theme.css")
"""What the theme's own template links before all others, by a sheet that imports the first."""
THEME_SCRIPTS = ("scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js")
"""What the theme's own template links at the end of the body."""
BY_ITSELF = ("oom-panel/", "vendor/")
"""Scripts below these folders keep a link of their own: panels come first, formulas are rare."""
OURS = ("oom-panel/", "colours.css", "frame.css", "oomlab.css")
"""Style sheets of which every rule is kept: Python in the page may make markup of any of them."""
SETTINGS = "documentation_options.js"
"""Those of Sphinx, before all else."""
LEFT_OUT = ("design-tabs.js",)
"""Opens the same tab in all sets of tabs; the book has none, and they open without it."""
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'"
)
"""What a page may load and run. WebAssembly is the in-page Python. Styles inside a page stay
allowed: pictures have theirs as attributes, and MathJax adds a sheet of its own."""

_LINK = re.compile(r"(?<=_static/)([\w/-]+\.(?:css|js))(?:\?v=\w*)?\"")


class Shell:
    """The sheets and scripts of all pages of one build, in the order in which pages name them."""

    def __init__(self) -> None:
        self.sheets: dict[str, None] = {}
        self.scripts: dict[str, str | None] = {}
        """The text of each script that stood inside a page, by itself; None: a file."""
        self.parts: dict[str, str] = {}

    def of_page(
        self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
    ) -> None:
        """Called by Sphinx for each page: notes what it would load, and tells the template."""
        for sheet in context["css_files"]:
            name = str(sheet.filename).removeprefix("_static/")
            if not sheet.attributes.get("media"):
                self.sheets[name] = None
        alone = []
        for script in context["script_files"]:
            body = script.attributes.get("body")
            name = str(script.filename or "").removeprefix("_static/")
            if "type" in script.attributes:
                continue  # data: the state of widgets, which the site does not draw
            if body and "pagename" not in body:  # asked for by a part of the theme that is not here
                self.scripts[body] = body
            elif name.startswith(BY_ITSELF):
                alone.append(name)
            elif name:
                self.scripts[name] = None
        context["part"] = self._part(app, page)
        writes = re.search(r'class="[^"]*\boom-(?:bench|problem-set)[ "]', context.get("body", ""))
        larger = {f"oom-panel/{PAGE_SCRIPT}": f"oom-panel/{WRITING_SCRIPT}"} if writes else {}
        context["own_scripts"] = sorted({larger.get(name, name) for name in alone})
        context["policy"] = POLICY
        context["metatags"] = re.sub(
            r'<meta name="viewport"[^>]*>', "", context.get("metatags", "")
        )

    def _part(self, app: Sphinx, page: str) -> str:
        """The part of the book that a page belongs to, or nothing."""
        if not self.parts:
            for listed in app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree):
                self.parts |= dict.fromkeys(listed["includefiles"], listed.get("caption") or "")
        return self.parts.get(page, "")

    def finish(self, app: Sphinx, problem: Exception | None) -> None:
        """Called by Sphinx when all is written, or nothing was: then nothing is left to do."""
        if problem or not self.sheets or app.builder.format != "html":
            return
        site = Path(app.outdir)
        static = site / "_static"
        pages = [file for file in site.rglob("*.html") if static not in file.parents]
        (site / "404.html").write_text(not_found(app), encoding="utf-8")
        # What stood inside a page are settings, also of what Sphinx itself has set. A file waits
        # for the end of the page to read them; at the end, where all are now, it does not wait.
        scripts = sorted(
            (name for name in self.scripts if name not in LEFT_OUT),
            key=lambda name: (name != SETTINGS, self.scripts[name] is None),
        )
        behind = [name for name in (*THEME_SCRIPTS, "site.js") if (static / name).is_file()]
        texts = [self.scripts.get(name) or _read(static / name) for name in (*scripts, *behind)]
        (static / JS).write_text(bundle(texts), encoding="utf-8")
        names = Names.of(
            [file.read_text(encoding="utf-8") for file in pages],
            [
                text
                for name, text in zip((*scripts, *behind), texts, strict=True)
                if name != THEME_SCRIPTS[0]
            ],
        )
        sheets = [*THEME_SHEETS, *self.sheets]
        css = "".join(
            kept(_read(static / name), None if name.startswith(OURS) else names) for name in sheets
        )
        fonts = static / "vendor" / "fontawesome" / "webfonts"
        (static / CSS).write_text(with_icons(css, fonts), encoding="utf-8")
        _mark(pages, static)
        for file in _of_no_use(static, [*scripts, *behind, *sheets, *LEFT_OUT]):
            file.unlink(missing_ok=True)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ExtensionError(f"The pages name {file.name}, and nothing has put it there") from None


def _mark(pages: Iterable[Path], static: Path) -> None:
    """Adds to each link what its file contains, in short: browsers then keep no older one. And a
    name to what opens a part of the list of pages, which the theme gives none."""

    def link(match: re.Match[str]) -> str:
        digest = hashlib.sha256((static / match[1]).read_bytes()).hexdigest()
        return f'{match[1]}?v={digest[:8]}"'

    for page in pages:
        text = page.read_text(encoding="utf-8")
        text = text.replace("<summary><span", '<summary aria-label="The pages below"><span')
        head, end, rest = text.partition("</head>")
        page.write_text(_LINK.sub(link, head) + end + rest, encoding="utf-8")


def _of_no_use(static: Path, joined: Iterable[str]) -> Iterator[Path]:
    """Files that no page asks for any more."""
    for name in joined:
        if "/" not in name or name.startswith(("styles/", "scripts/")):
            yield static / name
    for folder in ("scripts", "styles", "vendor/fontawesome", "locales"):
        yield from (file for file in (static / folder).rglob("*") if file.is_file())
    yield from static.glob("*webpack-macros.html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    shell = Shell()
    app.connect("html-page-context", shell.of_page, priority=900)  # when the others have had theirs
    app.connect("build-finished", shell.finish, priority=900)  # as are their sheets
    return {"parallel_read_safe": True, "parallel_write_safe": False}
