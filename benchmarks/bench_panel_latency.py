"""How fast panels answer in the built book, in headless Chromium on this machine.

    python -m benchmarks.bench_panel_latency [--moves 30] [--json]

For every control of every panel: the time from the input event to the new picture in the document
(`changed`), and to the first frame after it (`frame`, at most one frame of 17 ms more), both on
stored points. Then, for the first panel of the book, what a reader waits for who asks for a
value that is not stored: the first answer, which loads the in-page engine, and later ones.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # started as a script, Python looks only beside the script

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.browser.driver import Watch, chromium, open_in, serving  # noqa: E402
from tools import get_chromium  # noqa: E402
from tools.paths import SITE  # noqa: E402

GOAL_MS = 50
"""A stored point should be shown within this time: our choice, below what feels like waiting."""

# Moves a control through its stored values, away and back, and times each move.
MEASURE = """async ([panel, control, moves]) => {
  const root = document.querySelectorAll(".oom-panel")[panel];
  root.querySelector(".oom-skip")?.click();
  const data = JSON.parse(root.querySelector("script").textContent);
  const spec = data.controls[control];
  const inputs = [...root.querySelectorAll(`.oom-form [name="${spec.name}"]`)];
  const [first] = inputs;
  const set = (i) => {
    if (spec.kind === "slider") first.value = spec.values[i];
    else if (spec.kind === "toggle") first.checked = spec.values[i];
    else if (first.tagName === "SELECT") first.selectedIndex = i;
    else inputs[i].checked = true;
  };
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const picture = root.querySelector(".oom-picture");
  const times = [];
  for (let move = 1; move <= moves; move += 1) {
    await frame();
    const before = picture.firstElementChild;
    set(move % spec.values.length);
    const start = performance.now();
    first.dispatchEvent(new Event("input", { bubbles: true }));
    const changed = performance.now() - start;
    if (picture.firstElementChild === before) throw new Error(`${spec.name} changed nothing`);
    await frame();
    times.push([changed, performance.now() - start]);
  }
  set(0);
  first.dispatchEvent(new Event("input", { bubbles: true }));
  return { control: spec.label, stored: data.grid.points.length, times };
}"""

ASK_ENGINE = """async ([base, times]) => {
  const data = JSON.parse(document.querySelector(".oom-panel script").textContent);
  const values = { ...data.fixed };
  for (const spec of data.controls) values[spec.name] = spec.values[0];
  const worker = new Worker(new URL("_static/live/worker.js", base), { type: "module" });
  const answer = (id) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { kind, why, result } }) => {
      if (kind === "answer") resolve(result);
      if (kind === "broken") reject(new Error(why));
    };
    worker.postMessage({ id, view: data.view, values });
  });
  const waited = [];
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    const made = await answer(i);
    if (made.error) throw new Error(made.error);
    waited.push(performance.now() - start);
  }
  worker.terminate();
  return { view: data.view, waited };
}"""


def panels_of(page: Page) -> list[tuple[int, int]]:
    """Number of every panel in the page, and how many controls it has."""
    counts: list[int] = page.evaluate(
        "[...document.querySelectorAll('.oom-panel script')]"
        ".map((data) => JSON.parse(data.textContent).controls.length)"
    )
    return list(enumerate(counts))


def stored_moves(browser: Browser, url: str, moves: int) -> list[dict[str, Any]]:
    """One row for each control of each panel in the page at `url`."""
    page = open_in(browser, url, Watch())
    page.wait_for_function("document.querySelectorAll('.oom-panel:not([data-ready])').length === 0")
    rows = []
    for panel, controls in panels_of(page):
        for control in range(controls):
            seen = page.evaluate(MEASURE, [panel, control, moves])
            changed, frame = zip(*seen.pop("times"), strict=True)
            rows.append({**seen, "changed_ms": spread(changed), "frame_ms": spread(frame)})
    page.context.close()
    return rows


def engine_answers(browser: Browser, base: str, url: str, times: int) -> dict[str, Any]:
    """The first answer of the in-page engine (nothing cached), and the ones after it."""
    page = open_in(browser, url, Watch())
    seen = page.evaluate(ASK_ENGINE, [base, times + 1])
    page.context.close()
    first, *later = seen["waited"]
    return {"view": seen["view"], "first_ms": round(first), "later_ms": spread(later)}


def spread(times: Any) -> dict[str, float]:
    """Median and largest of some times, in ms."""
    return {"median": round(statistics.median(times), 1), "largest": round(max(times), 1)}


def main() -> int:
    """Command line: returns 1 only if nothing could be measured."""
    parser = argparse.ArgumentParser(description="Measure how fast panels answer.")
    parser.add_argument("--moves", type=int, default=30, help="moves of each control")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    program = get_chromium.find()
    pages = [path for path in sorted(SITE.rglob("*.html")) if 'oom-panel"' in path.read_text()]
    if program is None or not pages:
        print("This needs Chromium and the built book: run make book first.", file=sys.stderr)
        return 1
    with sync_playwright() as driver, chromium(driver, program) as browser, serving(SITE) as base:
        urls = {
            path.relative_to(SITE).as_posix(): f"{base}{path.relative_to(SITE)}" for path in pages
        }
        stored = {name: stored_moves(browser, url, options.moves) for name, url in urls.items()}
        report = json.loads((SITE / "_static" / "live" / "engine.json").read_text())
        first = next(iter(urls.values()))
        engine = engine_answers(browser, base, first, 10) if report["available"] else None
    if options.json:
        print(json.dumps({"goal_ms": GOAL_MS, "stored": stored, "engine": engine}))
        return 0
    print(f"Stored points, ms, median and largest of {options.moves} moves (goal {GOAL_MS})")
    for name, rows in stored.items():
        print(f"  {name}")
        for row in rows:
            changed, frame = row["changed_ms"], row["frame_ms"]
            print(f"    {row['control'][:40]:40}", end="")
            print(f"  changed {changed['median']:5} {changed['largest']:5}", end="")
            print(f"   frame {frame['median']:5} {frame['largest']:5}")
    if engine is None:
        print("This site has no in-page engine.")
    else:
        later = engine["later_ms"]
        print(f"In-page engine, {engine['view']}: first answer {engine['first_ms']} ms,")
        print(f"  later ones {later['median']} ms (largest {later['largest']} ms)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
