"""The discussion in its order: messages and commits, each with how we know of it.

The book's bibliography and its account of what came later are made of this registry, so that a
date, a name or a commit id stands in one place. Subjects are in our words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import find
from oomlab.evidence.history_documents import ITS_TEXT, ROWS

DocumentKind = Literal["message", "commit"]
KINDS: tuple[DocumentKind, ...] = get_args(DocumentKind)

ARCHIVE = "https://lore.kernel.org/linux-mm/"
MESSAGES = "https://lore.kernel.org/all/"
COMMITS = "https://git.kernel.org/torvalds/c/"


@brief
@dataclass(frozen=True, slots=True)
class Document:
    """One message, or one commit of the mainline kernel.

    `key` names it in the book. `date` is ISO 8601, as the sender or author dated it, and as coarse
    as we know it ("2017-10-09", "2018-08", "2006"). `who` wrote it; `what` it says, in our words.
    `ident` is the message id or the commit id, empty if we have not seen it. `release` is the first
    kernel that has the commit, empty unless we could check it. `evidence` says what we have read.
    """

    key: str
    date: str
    who: str
    what: str
    kind: DocumentKind
    ident: str
    release: str
    evidence: str

    @property
    def link(self) -> str:
        """Where to read it: the message, the commit, or the archive if we know no id."""
        if not self.ident:
            return ARCHIVE
        return f"{MESSAGES}{self.ident}/" if self.kind == "message" else COMMITS + self.ident

    @property
    def short_ident(self) -> str:
        """The id as people write it: twelve digits of a commit, a message id in full."""
        return self.ident[:12] if self.kind == "commit" else self.ident


HISTORY: tuple[Document, ...] = tuple(Document(*row) for row in ROWS)
"""All events, in the order of the story: the oldest first."""


def event(key: str) -> Document:
    """The event called `key`. Raises InputError, naming the keys there are."""
    return find("event", key, {one.key: one for one in HISTORY})


@checked(leave="kind")
def events(
    kind: DocumentKind | None = None, since: str = "", until: str = "~"
) -> Iterator[Document]:
    """Events of one kind, or of both, dated from `since` on and before `until` (ISO prefixes).

    Raises InputError for a kind that does not exist.
    """
    if kind is not None:
        find("kind of event", kind, dict.fromkeys(KINDS))
    for one in HISTORY:
        if since <= one.date < until and kind in (None, one.kind):
            yield one


@checked(leave="key")
def cite(key: str) -> str:
    """A Markdown link to the event, with its author and date as text. Raises InputError."""
    one = event(key)
    return f"[{one.who}, {one.date}]({one.link})"


@checked
def history_markdown(chosen: Iterable[Document]) -> str:
    """The events as a Markdown list: date, who, what, where to read it; and what we have read, if
    that is another text."""
    return "\n".join(_line(one) for one in chosen)


def _line(one: Document) -> str:
    if one.kind == "commit":
        name = f"[`{one.short_ident}`]({one.link})" if one.ident else "a commit"
        where = f" {name}{', first in ' + one.release if one.release else ''}."
    else:
        where = f" [message]({one.link})." if one.ident else f" [archive]({one.link})."
    how = "" if one.evidence == ITS_TEXT else f" *Read: {one.evidence}.*"
    return f"- **{one.date}, {one.who}.** {one.what}{where}{how}"
