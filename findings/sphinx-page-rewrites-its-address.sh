#!/usr/bin/env bash
# A script keeps its settings in the page's address, `?v=a:1,b:x%2Cy`, and reads them back after a reload.
#
# Package: sphinx 7.4.7, sphinx 9.0.4, playwright 1.65.2 (PyPI), Debian's chromium-headless-shell (any; is to be installed)
# Expected: A page that was not searched for leaves its query and `history.state` as they are: Sphinx only has its own `highlight` to take away.
# Really: In 7.4.7, which jupyter-book 1 is held to, with or without `highlight`, each page's script writes the query anew when it has loaded: colons, commas and slashes are encoded, while what was encoded in a value is so no deeper than they are, and `history.state` is gone. A reload or a copied address then means something else to whoever splits the text. In 9.0.4 the address stays.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
browser=$(command -v chromium-headless-shell) || { echo "chromium-headless-shell is needed." >&2; exit 2; }
mkdir "$box/pages"
echo 'project = "P"' > "$box/pages/conf.py"
printf 'Page\n====\n\nWords.\n' > "$box/pages/index.rst"
cat > "$box/ask.py" <<'END'
import sys, threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlunsplit
from playwright.sync_api import sync_playwright

class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=sys.argv[2]))
threading.Thread(target=server.serve_forever, daemon=True).start()
with sync_playwright() as driver:
    page = driver.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"]).new_page()
    page.add_init_script("history.replaceState('mine', '')")
    page.goto(urlunsplit(("http", f"127.0.0.1:{server.server_port}", "/index.html", "v=a:1,b:x%2Cy", "")))
    page.wait_for_function("document.readyState === 'complete'")
    print(page.evaluate("`${location.search} ${JSON.stringify(history.state)}`"))
END
all=
for sphinx in 7.4.7 9.0.4; do python3 -m venv --without-pip "$box/$sphinx"; done
python3 -m pip --python "$box/7.4.7/bin/python" -qq install sphinx==7.4.7 playwright==1.65.2
python3 -m pip --python "$box/9.0.4/bin/python" -qq install sphinx==9.0.4 playwright==1.65.2
for sphinx in 7.4.7 9.0.4; do
  "$box/$sphinx/bin/python" -m sphinx -q -b html "$box/pages" "$box/$sphinx/site"
  seen=$("$box/$sphinx/bin/python" "$box/ask.py" "$browser" "$box/$sphinx/site")
  all+="Sphinx $sphinx: $seen"$'\n'
done
printf '%s' "$all"
[ "$all" = 'Sphinx 7.4.7: ?v=a%3A1%2Cb%3Ax%2Cy {}
Sphinx 9.0.4: ?v=a:1,b:x%2Cy "mine"
' ] || { echo "This has changed." >&2; exit 1; }
