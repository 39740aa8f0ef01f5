"""The stored grid: a view's results for every combination of stored control values.

Identical pictures, sentences and twins are kept once. A point is found by arithmetic, without keys:
with the controls as digits, the first one the most significant, the number of the combination is
its place in `points`.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from oomlab import views
from oomlab.errors import InputError, MissingPackageError
from oomlab.views import Scalar
from oomlab.widgets.controls import Control

MAX_POINTS = 400
"""Most combinations a panel may store. Our choice: it bounds build time and page weight."""


class Grid:
    """The results of the view `name` at every stored point of `controls`.

    Attributes: `pictures`, `sentences`, `twins` and `errors`, each without repetition; `points`,
    one entry per combination: three indices into the first three, or one index into `errors` where
    the view refused the values with a ValueError; `first`, the answer for the start values.

    Raises ValueError for more than `MAX_POINTS` combinations and if the view refuses the start
    values, and MissingPackageError if it needs a package that is not there; any other exception of
    the view goes through, with the values it failed for as a note.
    """

    def __init__(self, name: str, controls: Sequence[Control], fixed: Mapping[str, Scalar]) -> None:
        _check_size(controls)
        self._controls = controls
        self.pictures: list[str] = []
        self.sentences: list[str] = []
        self.twins: list[str] = []
        self.errors: list[str] = []
        self.points: list[list[int]] = []
        seen: dict[tuple[int, str], int] = {}

        def once(texts: list[str], text: str) -> int:
            if (id(texts), text) not in seen:
                seen[id(texts), text] = len(texts)
                texts.append(text)
            return seen[id(texts), text]

        names = [control.name for control in controls]
        for point in itertools.product(*(control.stored for control in controls)):
            values = {**fixed, **dict(zip(names, point, strict=True))}
            try:
                made = views.call(name, values)
            except MissingPackageError:  # says how to get it, and is about no values
                raise
            except ValueError as refusal:
                self.points.append([once(self.errors, str(refusal))])
                continue
            except Exception as defect:
                defect.add_note(f"while {name} was drawn for {values}")
                raise
            self.points.append(
                [
                    once(self.pictures, made["picture"]),
                    once(self.sentences, made["sentence"]),
                    once(self.twins, made["twin"]),
                ]
            )
        self.first = self.at({control.name: control.start for control in controls})
        if "error" in self.first:
            raise InputError(
                f"{name} refuses the start values, so there is no first picture:"
                f" {self.first['error']}"
            )

    def at(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The stored answer for `values`, as `oomlab.views.answer` gives it."""
        place = 0
        for control in self._controls:
            digits: list[Any] = list(control.stored)
            place = place * len(digits) + digits.index(values[control.name])
        point = self.points[place]
        if len(point) == 1:
            return {"error": self.errors[point[0]]}
        picture, sentence, twin = point
        return {
            "picture": self.pictures[picture],
            "sentence": self.sentences[sentence],
            "twin": self.twins[twin],
        }

    def data(self) -> dict[str, Any]:
        """The grid as the page stores it."""
        return {
            "pictures": self.pictures,
            "sentences": self.sentences,
            "twins": self.twins,
            "errors": self.errors,
            "points": self.points,
        }

    def tallest(self, layout: int = 0) -> tuple[float, float] | None:
        """Width and height of the picture that is tallest for its width (None: none says its size).
        `layout`: 0 for wide places, 1 for narrow ones.

        The page reserves this much room, so that no stored picture moves the text below it.
        """
        shapes = [shape for picture in self.pictures if (shape := _shape(picture, layout))]
        return max(shapes, key=lambda shape: shape[1] / shape[0], default=None)


_VIEW_BOX = re.compile(r'<svg[^>]*\bviewBox="\s*\S+\s+\S+\s+([\d.]+)\s+([\d.]+)\s*"')
_START = re.compile(r'<svg|<div class="oom-fit">')


def _shape(picture: str, layout: int) -> tuple[float, float] | None:
    """Of a picture that is nothing but an SVG, in one layout or in two; of others no size is known
    beforehand."""
    found = _VIEW_BOX.findall(picture) if _START.match(picture) else []
    if not found:
        return None
    width, height = found[min(layout, len(found) - 1)]
    return float(width), float(height)


def _check_size(controls: Sequence[Control]) -> None:
    sizes = [len(control.stored) for control in controls]
    total = math.prod(sizes)
    if total <= MAX_POINTS:
        return
    largest = max(controls, key=lambda control: len(control.stored))
    raise InputError(
        f"this panel would store {total} results ({' x '.join(map(str, sizes))}), more than"
        f" {MAX_POINTS}: give a slider fewer stored values or leave a control out"
        f" ({largest.name!r} has {len(largest.stored)})"
    )
