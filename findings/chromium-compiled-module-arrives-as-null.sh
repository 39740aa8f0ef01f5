#!/usr/bin/env bash
# A page has compiled a WebAssembly module, which took seconds, and hands it on so that nobody needs to do it again.
#
# Package: chromium 156.0.8078.108 (Debian's chromium-headless-shell; is to be installed), playwright 1.65.2 (PyPI)
# Expected: What structured clone copies can be handed on: to any worker of this origin, over a BroadcastChannel and into IndexedDB; or the sender gets an exception.
# Really: Only a worker of the page's own gets it. IndexedDB throws, though `structuredClone` has just copied the module. Sending to a SharedWorker succeeds and fires `messageerror` there. A BroadcastChannel succeeds too, and its listener, in the very same page, gets an ordinary `message` whose data is null.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
browser=$(command -v chromium-headless-shell) || { echo "chromium-headless-shell is needed." >&2; exit 2; }
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install playwright==1.65.2

mkdir "$box/site"
cat > "$box/site/heard.js" <<'END'
function heard(target, tell) {
  target.onmessage = ({ data }) => tell(`message with ${data}`);
  target.onmessageerror = () => tell("messageerror");
}
END
cat > "$box/site/worker.js" <<'END'
importScripts("heard.js");
if ("onconnect" in self) self.onconnect = ({ ports: [port] }) => heard(port, (what) => port.postMessage(what));
else heard(self, (what) => self.postMessage(what));
END
cat > "$box/site/page.js" <<'END'
const module = await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
const seen = [`structuredClone: ${structuredClone(module)}`];

async function hand(to, name) {
  const answer = new Promise((tell) => (to.onmessage = tell));
  to.postMessage(module);
  seen.push(`${name}: ${(await answer).data}`);
}
await hand(new Worker("worker.js"), "Worker");
await hand(new SharedWorker("worker.js").port, "SharedWorker");

const answer = new Promise((tell) => heard(new BroadcastChannel("modules"), tell));
new BroadcastChannel("modules").postMessage(module);
seen.push(`BroadcastChannel: ${await answer}`);

const asked = indexedDB.open("modules");
asked.onupgradeneeded = () => asked.result.createObjectStore("modules");
asked.onsuccess = () => {
  try {
    asked.result.transaction("modules", "readwrite").objectStore("modules").put(module, "it");
    seen.push("IndexedDB: stored");
  } catch (error) {
    seen.push(`IndexedDB: ${error.name}`);
  }
  globalThis.seen = seen.join("\n");
};
END
echo '<!doctype html><title>Page</title><script src="heard.js"></script><script type="module" src="page.js"></script>' > "$box/site/index.html"

cat > "$box/ask.py" <<'END'
import sys, threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlunsplit
from playwright.sync_api import sync_playwright

server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=sys.argv[2]))
threading.Thread(target=server.serve_forever, daemon=True).start()
with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
    page = browser.new_page()
    page.goto(urlunsplit(("http", f"127.0.0.1:{server.server_port}", "/", "", "")))
    page.wait_for_function("window.seen")
    print(browser.version)
    print(page.evaluate("window.seen"))
    browser.close()
END
seen=$("$box/venv/bin/python" "$box/ask.py" "$browser" "$box/site" 2> "$box/log")
printf '%s\n' "$seen"
[ "$seen" = "156.0.8078.108
structuredClone: [object WebAssembly.Module]
Worker: message with [object WebAssembly.Module]
SharedWorker: messageerror
BroadcastChannel: message with null
IndexedDB: DataCloneError" ] || { echo "This has changed." >&2; exit 1; }
