#!/usr/bin/env bash
# The function behind a panel raises while the notebook is run for a page.
#
# Package: ipywidgets 8.1.9, nbconvert 7.17.2, ipykernel 6.31.0
# Expected: An exception in a cell fails the cell, and `nbconvert --execute` with it, whichever widget calls the function.
# Really: `interact`, `with Output()` and a button's callback turn the exception into a picture of a traceback: exit status 0, and the rest of the cell runs. `observe` lets it through and fails.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install ipywidgets==8.1.9 nbconvert==7.17.2 ipykernel==6.31.0

cat > "$box/write.py" <<'END'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

common = """
import ipywidgets as widgets

def panel(change):
    raise ValueError("no such page")
"""
ways = {
    "interact": "widgets.interact(panel, change=3)",
    "output": "with widgets.Output():\n    panel(3)",
    "click": "button = widgets.Button()\nbutton.on_click(panel)\nbutton.click()",
    "observe": "slider = widgets.IntSlider()\nslider.observe(panel, 'value')\nslider.value = 3",
}
for name, way in ways.items():
    cell = new_code_cell(f"{common}\n{way}\nprint('went on')")
    nbformat.write(new_notebook(cells=[cell]), f"{name}.ipynb")
END
cd "$box"
venv/bin/python write.py
seen=$(
	for name in interact output click observe; do
		status=0
		venv/bin/python -m nbconvert --to notebook --execute --output $name.run $name.ipynb > log 2>&1 || status=$?
		went=$([ -e $name.run.ipynb ] && grep -c 'went on\\n"$' $name.run.ipynb || echo 0)
		echo "$name: exit status $status, went on: $went"
	done
)
printf '%s\n' "$seen"
[ "$seen" = "interact: exit status 0, went on: 1
output: exit status 0, went on: 1
click: exit status 0, went on: 1
observe: exit status 1, went on: 0" ] || { echo "This has changed." >&2; exit 1; }
