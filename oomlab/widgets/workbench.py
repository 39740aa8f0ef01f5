"""The workbench: a driver of the reader's own, and every schedule tried.

In a page of the site its own Python tries, in a notebook the kernel. The texts to begin with are in
the page, each with the C that it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.remedies import REMEDIES
from oomlab.views.bench import bench_answers
from oomlab.widgets import scripts
from oomlab.widgets.markup import LATE, data_script
from oomlab.widgets.shown import Shown
from oomlab.workbench import STARTERS, Starter, as_written, find_starter, words
from oomlab.workbench.drivers import DRIVERS
from oomlab.workbench.links import MOST, PARTS
from oomlab.workbench.reading import LONGEST_TEXT
from oomlab.workbench.stories import STORIES

_NO_SCRIPT = (
    "The workbench needs JavaScript. In Python, oomlab.workbench.checklist says the same of a"
    " driver."
)

OWN_REMEDY = """\
def notify():
    freed = yield from call_chain()
    return freed
"""
"""What a remedy of one's own begins with: what released kernels do."""

_BOXES = {
    "callback": ("What the driver has, and its callback", "def callback(freed)"),
    "holder": ("Another routine of the driver", "def holder() or def ioctl(); may be empty"),
    "remedy": ("A remedy of your own", "def notify(), def before() or def thread()"),
}
"""The label of each text, and what it may define."""


@checked
class Workbench(Shown):
    """A callback, another routine of its driver and a remedy, to be edited and tried.

    `start` names the starter that stands there at first. Raises InputError for an unknown one.
    """

    _esm = scripts.bench_module()

    def __init__(self, start: str = "lock-over-allocation") -> None:
        self._start = find_starter(start).name
        self._run: tuple[int, Iterator[dict[str, Any]]] = 0, iter(())
        super().__init__(_html(self._start))
        self.on_msg(self._hear)

    def _hear(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Answers the page: a ping, and a question in parts, each when it is asked for."""
        if message.get("kind") == "ping":
            self.send({"kind": "pong", "id": message["id"]})
        elif message.get("kind") == "bench":
            self.send({"kind": "part", "id": message["id"], "part": self._next(message)})

    def _next(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["question"] is not None:
            self._run = message["run"], bench_answers(message["question"])
        run, parts = self._run
        if run != message["run"]:
            return {"kind": "done"}  # another question has been asked since
        return next(parts, {"kind": "done"})

    def __repr__(self) -> str:
        return f"Workbench({self._start!r})"


def _html(first: str) -> str:
    starters = {name: _starter(one) for name, one in STARTERS.items()}
    limits = {"parts": PARTS, "most": MOST, "longest": LONGEST_TEXT}
    return "".join(
        (
            '<div class="oom-box oom-bench" role="group" aria-label="The workbench"',
            ' data-state="ready">',
            f"<noscript><p>{_NO_SCRIPT}</p></noscript>",
            LATE,
            '<form class="oom-form" autocomplete="off"><fieldset disabled>',
            '<legend class="oom-hidden">Your driver</legend>',
            *_beginning(),
            *_box("callback"),
            *_box("holder"),
            *_remedy(),
            *_box("remedy"),
            '<div class="oom-bench-do">',
            '<button type="submit" data-do="try">Try every schedule</button>',
            '<button type="button" data-do="link">Copy a link</button>',
            '<button type="button" data-do="scenario">Copy as a scenario</button></div>',
            "</fieldset></form>",
            '<div class="oom-foot"><p class="oom-status" role="status">Not tried yet.</p>',
            '<progress class="oom-progress" aria-label="Loading" hidden></progress>',
            '<span class="oom-count" aria-hidden="true" hidden></span>',
            '<button type="button" data-do="stop" hidden>Stop</button></div>',
            '<div class="oom-result"></div>',
            '<details class="oom-bench-file" hidden><summary>The file of the scenario</summary>',
            '<pre tabindex="0"></pre></details>',
            *_words(),
            data_script(
                {"starters": starters, "first": first, "limits": limits, "remedy": OWN_REMEDY}
            ),
            "</div>",
        )
    )


def _starter(one: Starter) -> dict[str, Any]:
    texts = {"callback": one.callback, "holder": one.holder, "remedy": one.remedy}
    c, wrong = as_written(texts)
    if wrong:
        raise InputError(f"starter {one.name}: {wrong[0]}")
    return {**texts, "title": one.title, "about": one.about, "c": c}


def _beginning() -> Iterator[str]:
    yield '<div class="oom-control oom-bench-start"><label for="oom-bench-start">Begin with</label>'
    yield '<select id="oom-bench-start" name="start"><option value="">a text of your own</option>'
    groups = {"Drivers of the book, in short": DRIVERS, "Stories": STORIES}
    grouped = {one.name for group in groups.values() for one in group}
    for name, one in STARTERS.items():
        if name not in grouped:
            yield f'<option value="{escape(name)}">{escape(one.title)}</option>'
    for label, group in groups.items():
        yield f'<optgroup label="{escape(label)}">'
        for one in group:
            yield f'<option value="{escape(one.name)}">{escape(one.title)}</option>'
        yield "</optgroup>"
    yield '</select><button type="button" data-do="back" hidden>Back to my text</button>'
    yield '</div><p class="oom-bench-about"></p>'


def _box(part: str) -> Iterator[str]:
    label, defines = _BOXES[part]
    ident = f"oom-bench-{part}"
    yield f'<div class="oom-bench-part" data-part="{part}"><div class="oom-bench-pair">'
    yield f'<div class="oom-control oom-bench-text"><label for="{ident}">{label}'
    yield f' <span class="oom-bench-defines">{defines}</span></label>'
    yield '<div class="oom-bench-editor"><pre class="oom-bench-lines" aria-hidden="true"></pre>'
    yield f'<textarea id="{ident}" name="{part}" wrap="off" spellcheck="false"'
    yield f' autocapitalize="off" autocorrect="off" aria-describedby="{ident}-wrong"></textarea>'
    yield f'</div><p class="oom-bench-wrong" id="{ident}-wrong" hidden></p></div>'
    yield '<div class="oom-bench-stands"><p class="oom-bench-label">The same in C</p>'
    yield f'<pre class="oom-bench-c" tabindex="0" role="group" aria-label="{label}, in C"></pre>'
    yield "</div></div></div>"


def _remedy() -> Iterator[str]:
    yield '<div class="oom-control oom-bench-start"><label for="oom-bench-remedy-name">Remedy'
    yield '</label><select id="oom-bench-remedy-name" name="which-remedy">'
    yield from (
        f'<option value="{one.name}">{escape(one.title)}</option>' for one in REMEDIES.values()
    )
    yield '<option value="own">one of your own</option></select></div>'


def _words() -> Iterator[str]:
    yield '<details class="oom-bench-words"><summary>What can be said</summary>'
    yield "<p>Routines are written in a small part of Python: <code>if</code>, <code>while</code>,"
    yield " whole numbers, and these words. Nothing else can be named.</p><dl>"
    for one in words():
        yield f"<div><dt><code>{escape(one['call'])}</code></dt><dd>{escape(one['about'])}</dd>"
        yield "</div>"
    yield "</dl></details>"
