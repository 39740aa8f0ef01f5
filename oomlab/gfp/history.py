"""The eras as a table for people: what changed, and what that rests on."""

from __future__ import annotations

from oomlab.gfp.eras import ERAS
from oomlab.gfp.tables import table_of

COLUMNS = ("GFP_KERNEL", "GFP_ATOMIC", "GFP_HIGHUSER_MOVABLE")
"""The masks that most reports show."""


def eras_markdown() -> str:
    """All eras as a Markdown table: releases, the masks that most reports show, what it rests on,
    and what could not be established."""
    rows = [f"| Linux | {' | '.join(f'`{name}`' for name in COLUMNS)} | rests on |"]
    rows.append("|---" * (len(COLUMNS) + 2) + "|")
    for era in ERAS:
        names = table_of(era).names
        masks = " | ".join(f"`{names[name]:#x}`" for name in COLUMNS)
        doubt = f" *Not established:* {era.doubt}." if era.doubt else ""
        rows.append(f"| {era.span} | {masks} | {era.source}.{doubt} |")
    return "\n".join(rows).replace("__", r"\_\_")
