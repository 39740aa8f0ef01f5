#!/usr/bin/env bash
# A chapter about chapters: a text cell shows a reader how a code cell is written.
#
# Package: jupytext 1.19.6
# Expected: Text stays text on the way from a notebook to MyST Markdown and back; what would be mistaken is fenced once more.
# Really: The example comes back as a code cell of its own, which is then run; the text cell is cut in two. `jupytext --test` tells, the conversion does not.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install jupytext==1.19.6

cat > "$box/chapter.py" <<'END'
import jupytext
from nbformat.v4 import new_markdown_cell, new_notebook

text = "A cell that computes is written\n\n```{code-cell}\ndrain_the_balloon()\n```\n\nand run."
notebook = new_notebook(cells=[new_markdown_cell(text)])
there = jupytext.writes(notebook, fmt="md:myst")
for cell in jupytext.reads(there, fmt="md:myst").cells:
    print(f"{cell.cell_type}: {cell.source}")
END

seen=$("$box/venv/bin/python" "$box/chapter.py")
printf '%s\n' "$seen"
[ "$seen" = "markdown: A cell that computes is written
code: drain_the_balloon()
markdown: and run." ] || { echo "This has changed." >&2; exit 1; }
