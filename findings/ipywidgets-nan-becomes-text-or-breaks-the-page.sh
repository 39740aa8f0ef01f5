#!/usr/bin/env bash
# A number box shows NaN ("this run never ended") in a page made from widgets.
#
# Package: ipywidgets 8.1.9, nbconvert 7.17.2, ipykernel 6.31.0 (needs node)
# Expected: NaN is refused with an error, or becomes null; either way the same in both ways of making a page.
# Really: Through a kernel it becomes the text "nan", which the number box is handed as its value. `embed_minimal_html` writes a bare NaN, so no browser can parse the state: not this widget but every widget of the page is lost.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install ipywidgets==8.1.9 nbconvert==7.17.2 ipykernel==6.31.0

cat > "$box/write.py" <<'END'
import ipywidgets as widgets
import nbformat
from ipywidgets.embed import embed_minimal_html
from nbformat.v4 import new_code_cell, new_notebook

source = "import ipywidgets\nipywidgets.FloatText(value=float('nan'))"
nbformat.write(new_notebook(cells=[new_code_cell(source)]), "kernel.ipynb")
views = [widgets.IntSlider(value=3), widgets.FloatText(value=float("nan"))]
embed_minimal_html("embedded.html", views=views)
END
cat > "$box/read.mjs" <<'END'
import { readFileSync } from "node:fs";

for (const page of ["kernel.html", "embedded.html"]) {
  const html = readFileSync(new URL(page, import.meta.url), "utf8");
  const [, text] = /type="application\/vnd.jupyter.widget-state\+json">([^]*?)<\/script>/.exec(html);
  try {
    const models = Object.values(JSON.parse(text).state);
    const values = models.map((model) => model.state.value).filter((value) => value !== undefined);
    console.log(`${page}: ${JSON.stringify(values)}`);
  } catch (error) {
    console.log(`${page}: ${error.name}`);
  }
}
END
cd "$box"
venv/bin/python write.py
venv/bin/python -m nbconvert --to html --execute --log-level ERROR kernel.ipynb
seen=$(node read.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'kernel.html: ["nan"]
embedded.html: SyntaxError' ] || { echo "This has changed." >&2; exit 1; }
