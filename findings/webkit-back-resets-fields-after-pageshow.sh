#!/usr/bin/env bash
# A slider in a form with autocomplete="off" draws a picture. The reader moves it, leaves, and comes back.
#
# Package: webkit2gtk-driver 2.50.6 (Debian; is to be installed, as is xvfb), selenium 4.51.0 (PyPI)
# Expected: A page from the cache for Back is as it was left, or, if fields are reset, `pageshow` (persisted) comes after that and the page can write them again.
# Really: At `pageshow` the slider still has the reader's value. A moment later it has its first one, without `input`, `change` or `reset`: slider and picture disagree, and what `pageshow` wrote is lost. With autocomplete switched on at `pagehide` it stays.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
[ "$(dpkg-query -W -f '${Version}' webkit2gtk-driver | cut -d- -f1)" = 2.50.6 ]
python3 -m venv "$box/venv"
"$box/venv/bin/python" -m pip -q --disable-pip-version-check install selenium==4.51.0

page='<!doctype html><title>Slider</title><form autocomplete="off"><input type="range" value="5"></form>
<script>
  const slider = document.querySelector("input");
  const seen = [];
  for (const kind of ["input", "change", "reset"]) addEventListener(kind, () => seen.push(kind));
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    slider.value = 80;
    seen.push(`pageshow ${slider.value}`);
    setTimeout(() => (document.title = [...seen, `later ${slider.value}`].join(", ")), 2000);
  });'
echo "$page </script>" > "$box/off.html"
echo "$page addEventListener('pagehide', () => (slider.form.autocomplete = 'on')); </script>" > "$box/on.html"
echo '<!doctype html><title>Elsewhere</title>' > "$box/elsewhere.html"

cat > "$box/ask.py" <<'END'
import glob, sys, time
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.webdriver import WebDriver

options = Options()
options.binary_location = glob.glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")[0]
options.add_argument("--automation")
driver = WebDriver(options)
try:
    for name in ("off", "on"):
        driver.get(f"file://{sys.argv[1]}/{name}.html")
        while driver.title != "Slider":
            time.sleep(0.1)
        driver.execute_script("document.querySelector('input').value = 80")
        driver.get(f"file://{sys.argv[1]}/elsewhere.html")
        driver.back()
        while not driver.title.count("later"):
            time.sleep(0.1)
        print(f"{name}: {driver.title}")
finally:
    driver.quit()
END
seen=$(HOME=$box timeout 120 xvfb-run -a "$box/venv/bin/python" -W ignore "$box/ask.py" "$box")
printf '%s\n' "$seen"
[ "$seen" = "off: pageshow 80, later 5
on: pageshow 80, later 80" ] || { echo "This has changed." >&2; exit 1; }
