#!/usr/bin/env bash
# Notebooks are kept without outputs, as a repository likes them, and then compared strictly.
#
# Package: nbval 0.11.0, pytest 9.2.0, ipykernel 6.31.0
# Expected: `pytest --nbval` compares what a cell puts out with what is stored; a cell that puts out something where nothing is stored differs.
# Really: A cell without stored output passes whatever it puts out, so a cleared notebook is green for ever. With one stored output the same cell is red.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install nbval==0.11.0 pytest==9.2.0 ipykernel==6.31.0

cat > "$box/write.py" <<'END'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

for name, stored in (("cleared", []), ("stored", [new_output("stream", name="stdout", text="two\n")])):
    cell = new_code_cell("print('three')", outputs=stored, execution_count=1 if stored else None)
    nbformat.write(new_notebook(cells=[cell]), f"{name}.ipynb")
END
cd "$box"
venv/bin/python write.py
seen=$(
	for name in cleared stored; do
		venv/bin/python -m pytest -q -p no:cacheprovider --nbval --nbval-current-env $name.ipynb > log 2>&1 &&
			echo "$name: passes" || echo "$name: fails"
	done
)
printf '%s\n' "$seen"
[ "$seen" = "cleared: passes
stored: fails" ] || { echo "This has changed." >&2; exit 1; }
