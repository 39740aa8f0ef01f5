"""How panels feel in the hand: in the built book, in headless Chromium on this machine.

    python -m benchmarks.bench_panel_drag [--seconds 2] [--slow 4] [--json]

Of each slider that may ask for more than is stored: pictures while it is dragged for some seconds
with a warm engine, and the longest time without a new one (wanted: 50 ms). Of each page with
panels: the time to the first answer that is not stored, in the order in which a reader comes by;
and, on a processor that is slowed down, how long the page takes from an input to the next frame at
worst (INP, wanted: 100 ms) and how far it jumps (CLS, wanted: 0.02) while its controls are moved.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.driver import Watch, chromium, new_page, open_in, serving
from tools import get_chromium
from tools.build_book import pages
from tools.paths import SITE

_READY = "document.querySelectorAll('.oom-panel:not([data-ready])').length === 0"
_ANSWER_MS = 120_000
"""So long we wait for a first answer: a busy machine takes its time to start the engine."""

# All sliders of the page with a position that is not stored, after the questions were skipped.
_SPARSE = """() => {
  document.querySelectorAll(".oom-skip").forEach((button) => button.click());
  const found = [];
  for (const [panel, root] of document.querySelectorAll(".oom-panel").entries()) {
    const data = JSON.parse(root.querySelector(":scope > script").textContent);
    for (const spec of data.controls.filter(({ kind }) => kind === "slider")) {
      const field = root.querySelector(`.oom-form [name="${spec.name}"]`);
      const between = [];
      for (let at = Number(field.min); at <= Number(field.max); at += spec.step) {
        if (!spec.values.includes(at)) between.push(at);
      }
      if (between.length) found.push({ panel, name: spec.name, off: between.at(-1) });
    }
  }
  return found;
}"""

_FIRST = """async ({ panel, name, off }) => {
  const root = document.querySelectorAll(".oom-panel")[panel];
  const field = root.querySelector(`.oom-form [name="${name}"]`);
  const began = performance.now();
  field.focus();
  field.value = off;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  while (!["computed", "failed"].includes(root.dataset.state)) {
    await new Promise((done) => setTimeout(done, 5));
  }
  const said = root.querySelector(".oom-status").textContent;
  const failed = root.dataset.state === "failed" && said;
  return { ms: Math.round(performance.now() - began), failed };
}"""

# Through all positions and back, one a frame, as a hand does.
_DRAG = """async ({ panel, name, seconds }) => {
  const root = document.querySelectorAll(".oom-panel")[panel];
  const field = root.querySelector(`.oom-form [name="${name}"]`);
  const [min, max, step] = ["min", "max", "step"].map((end) => Number(field[end]));
  const count = Math.round((max - min) / step);
  const times = [];
  const picture = root.querySelector(".oom-picture");
  const look = new MutationObserver(() => times.push(performance.now()));
  look.observe(picture, { childList: true });
  const began = performance.now();
  let moves = 0;
  while (performance.now() - began < seconds * 1000) {
    const turn = (moves++ % (2 * count)) / count;
    field.value = min + step * Math.round(count * (turn < 1 ? turn : 2 - turn));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((frame) => requestAnimationFrame(frame));
  }
  look.disconnect();
  const marks = [began, ...times, performance.now()];
  const gaps = marks.slice(1).map((time, i) => time - marks[i]);
  return { moves, pictures: times.length, worst_ms: Math.round(Math.max(...gaps)) };
}"""

_WATCH = """() => {
  window.felt = { cls: 0, inp: 0 };
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) felt.cls += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    const answers = list.getEntries().filter((one) => one.interactionId);
    felt.inp = Math.max(felt.inp, ...answers.map((one) => one.duration));
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
}"""


def hand(page: Page, seconds: float) -> list[dict[str, Any]]:
    """A row for each slider of a page that can leave what is stored: first answer, then a drag."""
    page.wait_for_function(_READY)
    rows = []
    for place in page.evaluate(_SPARSE):
        first = page.evaluate(_FIRST, place)
        drag = page.evaluate(_DRAG, {**place, "seconds": seconds})
        rows.append({"control": place["name"], "first_ms": first["ms"], **drag})
        if first["failed"]:
            rows[-1]["failed"] = first["failed"]
    return rows


def felt(browser: Browser, url: str, slow: float) -> dict[str, float]:
    """INP in ms and CLS of a page whose controls are all moved by key, on a slowed processor."""
    page = open_in(browser, url, Watch())
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.evaluate(_WATCH)
    page.wait_for_function(_READY)
    page.evaluate("document.querySelectorAll('.oom-skip').forEach((button) => button.click())")
    for field in page.locator(".oom-form :is(input, select):visible").all():
        field.scroll_into_view_if_needed()
        field.focus()
        for key in ("ArrowDown", "ArrowUp"):
            field.press(key)
            page.wait_for_timeout(250)
    found: dict[str, float] = page.evaluate("window.felt")
    page.context.close()
    return {"inp_ms": round(found["inp"]), "cls": round(found["cls"], 4)}


def main() -> int:
    """Command line: returns 1 only if nothing could be measured."""
    parser = argparse.ArgumentParser(description="Measure how panels feel in the hand.")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each drag")
    parser.add_argument("--slow", type=float, default=4.0, help="how much slower the processor is")
    parser.add_argument("--pages", nargs="*", help="these pages only, such as book/report")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--site", type=Path, default=SITE, help="the folder of the built book")
    options = parser.parse_args()
    site = options.site
    program = get_chromium.find()
    names = [
        name
        for name in options.pages or pages()
        if (site / f"{name}.html").is_file() and 'oom-panel"' in (site / f"{name}.html").read_text()
    ]
    if program is None or not names:
        print("This needs Chromium and the built book: run make book first.", file=sys.stderr)
        return 1
    report: dict[str, Any] = {"drag": {}, "felt": {}}
    with (
        sync_playwright() as driver,
        chromium(driver, program) as browser,
        serving(site) as base,
    ):
        reader = new_page(browser)
        reader.set_default_timeout(_ANSWER_MS)
        for name in names:  # one visit: the engine is loaded on the first of them
            reader.goto(f"{base}{name}.html")
            if rows := hand(reader, options.seconds):
                report["drag"][name] = rows
        reader.context.close()
        for name in names:
            report["felt"][name] = felt(browser, f"{base}{name}.html", options.slow)
    if options.json:
        print(json.dumps(report))
        return 0
    print(f"Drags of {options.seconds:g} s, in one visit (wanted: no gap above 50 ms)")
    for name, rows in report["drag"].items():
        for row in rows:
            print(f"  {name:24} {row['control']:18} first answer {row['first_ms']:6} ms", end="")
            print(f"  {row['moves']:4} moves {row['pictures']:4} pictures", end="")
            print(f"  longest gap {row['worst_ms']:4} ms  {row.get('failed', '')}")
    print(f"A processor {options.slow:g} times slower (wanted: INP 100 ms, CLS 0.02)")
    for name, row in report["felt"].items():
        print(f"  {name:24} INP {row['inp_ms']:5} ms  CLS {row['cls']:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
