#!/usr/bin/env bash
# A page keeps its state in its address. What has not been written yet when the page goes, it writes in `pagehide`.
#
# Package: playwright 1.65.2 (PyPI), chromium 156.0.8078.108 (Debian's chromium-headless-shell; is to be installed)
# Expected: `history.replaceState` still works in `pagehide`: after a reload the page has the address that was written last.
# Really: It works when the reader leaves and comes back by Back: there is the new address. A reload loads the one that the page had when the reload began, and what was written is lost, without an error, though `location` has it there. So it is in `beforeunload`, and for a page that reloads itself. (`sessionStorage` is kept.)
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
browser=$(command -v chromium-headless-shell) || { echo "chromium-headless-shell is needed." >&2; exit 2; }
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install playwright==1.65.2

mkdir "$box/site"
echo '<!doctype html><title>Other</title>' > "$box/site/other.html"
cat > "$box/site/page.html" <<'END'
<!doctype html><title>Page</title><script>
  const last = new URLSearchParams(location.search).get("when");
  addEventListener(last, () => {
    history.replaceState(null, "", "?when=" + last + "&written=yes");
    localStorage.setItem("said", location.search);
  });
</script>
END
cat > "$box/run.py" <<'END'
import functools, http.server, sys, threading
from urllib.parse import urlunsplit

from playwright.sync_api import sync_playwright

class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_): pass

site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=sys.argv[1]))
threading.Thread(target=site.serve_forever, daemon=True).start()

def address(page, query=""):
    return urlunsplit(("http", f"127.0.0.1:{site.server_port}", page, query, ""))

with sync_playwright() as driver:
    browser = driver.chromium.launch(executable_path=sys.argv[2])
    for when in ("pagehide", "beforeunload"):
        page = browser.new_page()
        for how in ("reload", "location.reload()", "back"):
            page.goto(address("page.html", f"when={when}"))
            page.evaluate("localStorage.clear()")
            if how == "reload":
                page.reload()
            elif how == "location.reload()":
                with page.expect_navigation():
                    page.evaluate("location.reload()")
            else:
                page.goto(address("other.html"))
                page.go_back()
            said = page.evaluate("localStorage.getItem('said') ?? ''").endswith("yes")
            has = page.evaluate("location.search").endswith("yes")
            print(f"{when}, {how}: written {'yes' if said else 'no'}, there {'yes' if has else 'no'}")
END
seen=$("$box/venv/bin/python" "$box/run.py" "$box/site" "$browser")
printf '%s\n' "$seen"
[ "$seen" = "pagehide, reload: written yes, there no
pagehide, location.reload(): written yes, there no
pagehide, back: written yes, there yes
beforeunload, reload: written yes, there no
beforeunload, location.reload(): written yes, there no
beforeunload, back: written yes, there yes" ] || { echo "This has changed." >&2; exit 1; }
