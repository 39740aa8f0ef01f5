"""The reader of logs: a box to paste into, a file to drop, and below what the log says.

In a page of the site its own Python reads, in a notebook the kernel. The examples are in the page
with what is said of each, so that they can be looked at before any engine is there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from html import escape
from io import BytesIO
from typing import Any

from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.gfp.eras import ERAS
from oomlab.logs.read import log_source
from oomlab.views.log import answer_log
from oomlab.views.log.examples import EXAMPLES
from oomlab.widgets import scripts
from oomlab.widgets.markup import LATE, data_script
from oomlab.widgets.shown import Shown, in_book_build

_NO_SCRIPT = (
    "Reading a log of your own needs JavaScript. Here is what is said of an example. At a command"
    " line, oomlab log FILE says the same of any log."
)


@checked
class LogReader(Shown):
    """Reads the log that somebody pastes or drops, and says what happened in it.

    `log`: a file that is read first, in place of an example; `kernel`: the release, where it does
    not say it. Raises InputError for what is no log.
    """

    _esm = scripts.log_module()

    def __init__(self, log: str | os.PathLike[str] | None = None, kernel: str = "") -> None:
        self._log = BytesIO()
        super().__init__(_html(*_first(log, kernel)))
        self.on_msg(self._hear)

    def _hear(self, _widget: Any, message: Any, buffers: Sequence[Any]) -> None:
        """Answers the page: a ping, and each slice of a log; the last one with all that is said."""
        if message.get("kind") == "ping":
            self.send({"kind": "pong", "id": message["id"]})
        elif message.get("kind") == "log":
            self.send({"kind": "got", "id": message["id"], **self._take(message, buffers)})

    def _take(self, message: Mapping[str, Any], buffers: Sequence[Any]) -> dict[str, Any]:
        if message["first"]:
            self._log = BytesIO()
        for part in buffers:
            self._log.write(part)
        if not message["last"]:
            return {}
        whole, self._log = self._log.getvalue(), BytesIO()
        return {"result": answer_log(lambda: BytesIO(whole), message["release"], in_site=False)}

    def __repr__(self) -> str:
        return "LogReader()"


def _first(log: str | os.PathLike[str] | None, kernel: str) -> tuple[str, str]:
    """What is said before the reader has given anything: in one line, and as HTML."""
    if log is None:
        example = next(iter(EXAMPLES.values()))
        return f"Example: {example.title}", ""
    with ExitStack() as open_files:
        told = answer_log(
            lambda: open_files.enter_context(log_source(log))[1], kernel, in_site=in_book_build()
        )
    if "error" in told:
        raise InputError(told["error"])
    return told["said"], told["html"]


def _html(said: str, html: str) -> str:
    examples = [_answered(one.text) for one in EXAMPLES.values()]
    if not html:  # the first example stands in the page already; its script takes it from there
        html = examples[0].pop("html")
    return "".join(
        (
            '<div class="oom-box oom-log" role="group" aria-label="Read a log"',
            ' data-state="stored">',
            f"<noscript><p>{_NO_SCRIPT}</p></noscript>",
            LATE,
            '<form class="oom-form" autocomplete="off"><fieldset disabled>',
            '<legend class="oom-hidden">Your log</legend>',
            *_inputs(),
            "</fieldset></form>",
            '<div class="oom-foot"><p class="oom-status" role="status">',
            f"{escape(said)}</p>",
            '<progress class="oom-progress" aria-label="How far it is" hidden></progress>',
            '<span class="oom-count" aria-hidden="true" hidden></span>',
            '<button type="button" data-do="stop" hidden>Stop</button></div>',
            f'<div class="oom-result">{html}</div>',
            data_script({"examples": examples}),
            "</div>",
        )
    )


def _answered(text: str) -> dict[str, str]:
    """A log with what is said of it, as the page stores it."""
    return {"log": text, **answer_log(lambda: BytesIO(text.encode()), in_site=in_book_build())}


def _inputs() -> Iterator[str]:
    yield '<div class="oom-control oom-log-first">'
    yield '<label for="oom-log-box">Paste a kernel log, or drop a file here</label>'
    yield '<input type="file" aria-label="Choose a file"></div>'
    yield '<div class="oom-control"><textarea id="oom-log-box" name="log" spellcheck="false"'
    yield ' autocapitalize="off"'
    yield ' placeholder="dmesg, journalctl -k, a serial console, a bug report …"></textarea></div>'
    yield '<div class="oom-log-second"><button type="submit" data-do="read">Read it</button>'
    yield '<div class="oom-control"><label for="oom-log-release">Kernel, if the log does not say'
    yield '</label> <input id="oom-log-release" name="release" list="oom-log-releases"'
    yield ' placeholder="5.15.0-91-generic" spellcheck="false" autocapitalize="off">'
    yield '<datalist id="oom-log-releases">'
    yield from (f"<option>{escape(era.typical)}</option>" for era in reversed(ERAS))
    yield "</datalist></div></div>"
    yield '<div class="oom-moves" role="group" aria-label="Examples, made up">'
    yield '<span class="oom-moves-of" aria-hidden="true">No log at hand? Made-up ones:</span>'
    for number, one in enumerate(EXAMPLES.values()):
        yield f'<button type="button" data-example="{number}">{escape(one.title)}</button>'
    yield "</div>"
