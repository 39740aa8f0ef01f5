#!/usr/bin/env bash
# A chapter in JupyterLite has a cell that may fail there, and it is tagged for that; the cells behind it are to be run.
#
# Package: jupyterlite-core 0.8.6, jupyterlite-javascript-kernel 0.3.0, jupyter-server 2.21.1, playwright 1.65.2 (PyPI), chromium 156.0.8078.108 (Debian's chromium-headless-shell; is to be installed)
# Expected: Behind an error in a cell tagged `raises-exception`, Run All Cells goes on, as in JupyterLab, of which this is a build: the front end asks the kernel with `stop_on_error` false.
# Really: The request says so, and nobody reads it: any error that a kernel answers drops the cells that wait, tagged or not. Only a cell that does not fail lets the others run.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
browser=$(command -v chromium-headless-shell) || { echo "chromium-headless-shell is needed." >&2; exit 2; }
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install jupyterlite-core==0.8.6 jupyterlite-javascript-kernel==0.3.0 jupyter-server==2.21.1 playwright==1.65.2

mkdir -p "$box/source/files"
cat > "$box/book.py" <<'END'
import json, sys

def cell(source, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}

cells = [cell("1 + 1"), cell("throw new Error('expected')", tags=["raises-exception"]), cell("2 + 2")]
kernel = {"name": "javascript", "display_name": "JavaScript", "language": "javascript"}
book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
json.dump(book, open(sys.argv[1], "w"))
END
python3 "$box/book.py" "$box/source/files/book.ipynb"
echo '{"jupyter-lite-schema-version": 0, "jupyter-config-data": {"exposeAppInBrowser": true}}' \
    > "$box/source/jupyter-lite.json"
(cd "$box/source" && PATH="$box/venv/bin:$PATH" jupyter-lite build --apps notebooks --contents files \
    --output-dir "$box/site") > "$box/log" 2>&1 || { tail "$box/log" >&2; exit 2; }

cat > "$box/run.py" <<'END'
import functools, http.server, sys, threading
from urllib.parse import urlunsplit

from playwright.sync_api import sync_playwright

class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_): pass

site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=sys.argv[1]))
threading.Thread(target=site.serve_forever, daemon=True).start()
NOTEBOOK = "jupyterapp.shell.currentWidget"
with sync_playwright() as driver:
    page = driver.chromium.launch(executable_path=sys.argv[2]).new_page()
    place = f"127.0.0.1:{site.server_port}", "/notebooks/index.html", "path=book.ipynb", ""
    page.goto(urlunsplit(("http", *place)))
    page.wait_for_function(f"() => window.jupyterapp && {NOTEBOOK}?.sessionContext?.session?.kernel")
    page.evaluate(f"""async () => {{
      await {NOTEBOOK}.context.ready;
      const kernel = {NOTEBOOK}.sessionContext.session.kernel;
      await kernel.info;
      window.asked = [];
      kernel.anyMessage.connect((_, {{ direction, msg }}) => {{
        if (direction === "send" && msg.header.msg_type === "execute_request") asked.push(msg.content.stop_on_error);
      }});
      await jupyterapp.commands.execute("notebook:run-all-cells");
    }}""")
    page.wait_for_timeout(2000)
    print("asked to stop at an error:", *page.evaluate("asked"))
    counts = page.evaluate(f"[...{NOTEBOOK}.context.model.cells].map((cell) => cell.executionCount ?? 'not run')")
    print("cells:", *counts)
END
seen=$("$box/venv/bin/python" "$box/run.py" "$box/site" "$browser")
printf '%s\n' "$seen"
[ "$seen" = "asked to stop at an error: True False True
cells: 1 2 not run" ] || { echo "This has changed." >&2; exit 1; }
