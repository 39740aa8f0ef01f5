"""The texts of a bench as somebody is writing them: what is wrong so far, and the C of the rest."""

from __future__ import annotations

from collections.abc import Mapping

from oomlab.checked import checked
from oomlab.workbench.bench import ENTRIES, is_text
from oomlab.workbench.c_text import c_of
from oomlab.workbench.errors import BenchError
from oomlab.workbench.reading import ReadText, read_text


@checked
def as_written(texts: Mapping[str, str]) -> tuple[dict[str, str], list[BenchError]]:
    """The C of each text that is understood, by part, and what is wrong with the others.

    `texts` are those of a `Bench`, by its parts. They are taken apart and not run. A part that is
    empty, or the name of a remedy, has no C.
    """
    driver: list[ReadText] = []
    wrong: list[BenchError] = []
    c: dict[str, str] = {}
    for part in ("callback", "holder"):
        text = texts.get(part, "")
        if not text.strip() or (part == "holder" and not driver):
            continue  # what a holder says makes no sense without what the callback declares
        known = (driver[0].declared, driver[0].routines) if driver else ()
        try:
            driver.append(read_text(part, text, ENTRIES[part], *known))
        except BenchError as error:
            wrong.append(error)
    remedy = texts.get("remedy", "")
    if is_text(remedy):
        try:
            c |= c_of([read_text("remedy", remedy, ENTRIES["remedy"])])
        except BenchError as error:
            wrong.append(error)
    return {**c_of(driver), **c}, wrong
