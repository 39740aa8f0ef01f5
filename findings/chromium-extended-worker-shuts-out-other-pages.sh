#!/usr/bin/env bash
# A site asks for `extendedLifetime`, so that its SharedWorker gets over the gap between two pages. Some page of it does not ask.
#
# Package: chromium 156.0.8078.108 (Debian's chromium-headless-shell; is to be installed), playwright 1.65.2 (PyPI)
# Expected: It is a request about how long: same script, same name, same worker, and a page that does not ask shares it.
# Really: A page that asks otherwise than the worker's first page gets no worker at all but a bare `error` event, which has no message, and nothing stands in the console. So a tab that is still open from before an update shuts out the new pages; and the other way round the old page is shut out even by a worker whose last page has gone (which is kept: 300 s when measured).
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
browser=$(command -v chromium-headless-shell) || { echo "chromium-headless-shell is needed." >&2; exit 2; }
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install playwright==1.65.2

mkdir "$box/site"
echo '<!doctype html><title>Page</title>' > "$box/site/index.html"
echo 'let pages = 0; onconnect = ({ ports }) => ports[0].postMessage(++pages);' > "$box/site/worker.js"
cat > "$box/ask.py" <<'END'
import sys, threading, time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlunsplit
from playwright.sync_api import sync_playwright

ASK = """(options) => new Promise((tell) => {
  window.worker = new SharedWorker("worker.js", options);
  worker.port.onmessage = ({ data }) => tell(`page ${data} of the worker`);
  worker.onerror = (event) => tell(`${event.type} event, message ${event.message}`);
})"""
server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=sys.argv[2]))
threading.Thread(target=server.serve_forever, daemon=True).start()
console = []


def ask(context, when, **options):
    page = context.new_page()
    page.on("console", lambda said: console.append(said.text))
    page.goto(urlunsplit(("http", f"127.0.0.1:{server.server_port}", "/index.html", "", "")))
    print(f"{when}: {page.evaluate(ASK, options)}")
    return page


with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
    print(browser.version)
    context = browser.new_context()
    ask(context, "old page")
    ask(context, "new page beside it", extendedLifetime=True)
    context.close()

    context = browser.new_context()
    context.new_page()
    ask(context, "new page", extendedLifetime=True).close()
    time.sleep(20)
    ask(context, "old page, 20 s after the last has gone").close()
    ask(context, "new page then", extendedLifetime=True)
    print(f"in the console: {console}")
    browser.close()
END
seen=$("$box/venv/bin/python" "$box/ask.py" "$browser" "$box/site" 2> "$box/log")
printf '%s\n' "$seen"
[ "$seen" = "156.0.8078.108
old page: page 1 of the worker
new page beside it: error event, message undefined
new page: page 1 of the worker
old page, 20 s after the last has gone: error event, message undefined
new page then: page 2 of the worker
in the console: []" ] || { echo "This has changed." >&2; exit 1; }
