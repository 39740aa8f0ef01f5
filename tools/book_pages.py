"""A Sphinx extension of ours: what pages of the book have that their sources need not say.

The code behind a panel comes after it, as its foot; panels are numbered; the name of a lock in the
prose has the colour and the pattern that the lock has in the pictures. Tasks and routines are
marked as well, and oomlab/widgets/things.js ties them to what the pictures show of them. The
question that a chapter opens with is marked as one.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from oomlab.figures.things import face_of
from oomlab.widgets.figures import FigureNumbers


class Feet(SphinxPostTransform):
    """Puts folded code behind what it shows."""

    default_priority = 200  # myst-nb folds it at 199
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Moves the folded code of each cell to its end."""
        for cell in self.document.findall(nodes.container):
            folded = cell.children[0] if cell.children else None
            if isinstance(folded, HideCodeCellNode) and len(cell.children) > 1:
                cell.remove(folded)
                folded["classes"].append("oom-source")
                cell.append(folded)


class Numbers(SphinxPostTransform):
    """Numbers the figures of a page, and gives them the ids that links to them name."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Writes into the HTML that panels have printed."""
        numbering = FigureNumbers()
        for raw in self.document.findall(nodes.raw):
            text = raw.astext()
            if (numbered := numbering.numbered(text)) != text:
                raw.children = [nodes.Text(numbered)]
                raw.rawsource = numbered


class Chips(SphinxPostTransform):
    """Marks the names of things that pictures draw."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Adds the class of the thing's style to inline code that is nothing but its name."""
        for literal in self.document.findall(nodes.literal):
            face = face_of(literal.astext())
            if face:
                literal["classes"] += ["oom-chip", f"oom-k-{face}"]


class Questions(SphinxPostTransform):
    """Marks the question below a title: a first paragraph that is emphasized as a whole."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Adds a class to it."""
        for title in self.document.findall(nodes.title):
            following = title.next_node(descend=False, siblings=True)
            if (
                isinstance(title.parent.parent, nodes.document)
                and isinstance(following, nodes.paragraph)
                and len(following) == 1
                and isinstance(following[0], nodes.emphasis)
            ):
                following["classes"].append("oom-question")


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_post_transform(Feet)
    app.add_post_transform(Numbers)
    app.add_post_transform(Chips)
    app.add_post_transform(Questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
