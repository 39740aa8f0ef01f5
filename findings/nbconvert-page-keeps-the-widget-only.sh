#!/usr/bin/env bash
# A panel that also brings HTML, for pages where no kernel and no network is there, becomes a page.
#
# Package: nbconvert 7.17.2, ipywidgets 8.1.9, ipykernel 6.31.0
# Expected: The page of `nbconvert --to html` shows the HTML that the output brings, at least until (or unless) a widget can be drawn in its place.
# Really: Of all representations only the widget's is kept: the HTML is not in the page at all, and the text neither. The widget is drawn by scripts of another host, so without a network the cell is empty, with exit status 0.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install nbconvert==7.17.2 ipywidgets==8.1.9 ipykernel==6.31.0

cat > "$box/write.py" <<'END'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

SOURCE = """
import ipywidgets
from IPython.display import display

bundle = ipywidgets.IntSlider(description="balloon")._repr_mimebundle_()
bundle["text/html"] = "<p>256 pages in the balloon</p>"
bundle["text/plain"] = "256 pages"
display(bundle, raw=True)
"""
notebook = new_notebook(cells=[new_code_cell(SOURCE)])
notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(notebook, "panel.ipynb")
END
cd "$box"
PATH="$box/venv/bin:$PATH"
python write.py
jupyter nbconvert --execute --to notebook --output run panel.ipynb > log 2>&1
jupyter nbconvert --to html --no-input run.ipynb >> log 2>&1

count() { grep -cF -- "$1" "$2" || true; }
seen="representations in the notebook: $(python - <<'END'
import nbformat

print(*sorted(nbformat.read("run.ipynb", 4).cells[0].outputs[0].data))
END
)
the HTML in the page: $(count '256 pages in the balloon' run.html)
a widget to be drawn: $(grep -q 'type="application/vnd.jupyter.widget-view+json"' run.html && echo yes)
scripts of other hosts: $(grep -oE 'https:[^ ]*html-manager' run.html | wc -l)"
printf '%s\n' "$seen"
[ "$seen" = "representations in the notebook: application/vnd.jupyter.widget-view+json text/html text/plain
the HTML in the page: 0
a widget to be drawn: yes
scripts of other hosts: 1" ] || { echo "This has changed." >&2; exit 1; }
