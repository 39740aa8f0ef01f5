"""How long the page's own Python takes to try every schedule, in headless Chromium.

    python -m benchmarks.bench_workbench [--runs 3] [--json]

For each machine: from the question to the answer in a page whose engine has loaded, the same here
with plain Python, and the ratio of the two. This needs the built book's engine (make engine). Goals
(our choice): `h1-two-task-cycle` in 1 s under mainline and in 4 s under the RFC.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from oomlab import explore
from tests.browser.driver import Watch, chromium, open_in, serving
from tools import get_chromium
from tools.paths import EXTRA

MACHINES = {("h1-two-task-cycle", "mainline"): 1.0, ("h1-two-task-cycle", "offload"): 4.0}
"""What is tried, and within how many seconds it should be answered in a page."""

# A worker like the book's, which explores. HERE is where the engine's files are.
WORKER = """
import { loadPyodide } from "HEREpyodide/pyodide.js";
import createPyodideModule from "HEREpyodide/pyodide.asm.js";
const get = async (path) => (await fetch("HERE" + path)).arrayBuffer();
const ready = (async () => {
  const python = await loadPyodide({ indexURL: "HEREpyodide/", createPyodideModule });
  const names = JSON.parse(new TextDecoder().decode(await get("wheels/index.json")));
  for (const name of names) python.unpackArchive(await get(`wheels/${name}`), "wheel");
  python.runPython("from oomlab import explore");
  return python;
})();
onmessage = async ({ data: [scenario, remedy] }) => {
  const python = await ready;
  if (!scenario) return postMessage(0);
  const began = performance.now();
  const states = python.runPython(`len(explore("${scenario}", "${remedy}").graph)`);
  postMessage([(performance.now() - began) / 1000, states]);
};
"""
ASK = """async ([code, questions]) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const ask = (question) => new Promise((answer, fail) => {
    worker.onmessage = ({ data }) => answer(data);
    worker.onerror = (event) => fail(new Error(event.message ?? "the engine did not start"));
    worker.postMessage(question);
  });
  await ask([]);
  const answers = [];
  for (const question of questions) answers.push(await ask(question));
  worker.terminate();
  return answers;
}"""


def in_page(page: Page, base: str, runs: int) -> dict[tuple[str, str], list[Any]]:
    """For each machine the seconds of each run, and its states."""
    questions = [list(machine) for machine in MACHINES for _ in range(runs)]
    answers = iter(page.evaluate(ASK, [WORKER.replace("HERE", f"{base}live/"), questions]))
    return {machine: [next(answers) for _ in range(runs)] for machine in MACHINES}


def here(machine: tuple[str, str], runs: int) -> tuple[float, int]:
    """Seconds of the same search in this Python, and its states."""
    seconds, states = [], 0
    for _ in range(runs):
        began = time.perf_counter()
        states = len(explore(*machine).graph)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds), states


def main() -> int:
    """Command line: returns 1 only if nothing could be measured."""
    parser = argparse.ArgumentParser(description="Measure the search in a page.")
    parser.add_argument("--runs", type=int, default=3, help="searches of each machine")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    program = get_chromium.find()
    if program is None or not (EXTRA / "live" / "wheels" / "index.json").exists():
        print("This needs Chromium and the engine: run make engine first.", file=sys.stderr)
        return 1
    with sync_playwright() as driver, chromium(driver, program) as browser, serving(EXTRA) as base:
        page = open_in(browser, f"{base}live/engine.json", Watch())
        found = in_page(page, base, options.runs)
    rows = []
    for machine, goal in MACHINES.items():
        seconds = statistics.median(one[0] for one in found[machine])
        own, states = here(machine, options.runs)
        assert states == found[machine][0][1], "the page has found another graph"
        rows.append(
            {
                "machine": " under ".join(machine),
                "states": states,
                "page_s": round(seconds, 2),
                "goal_s": goal,
                "here_s": round(own, 2),
                "ratio": round(seconds / own, 1),
            }
        )
    if options.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        print(
            f"{row['machine']:34} {row['states']:8,} states  page {row['page_s']:6} s"
            f" (goal {row['goal_s']})  here {row['here_s']:6} s  ratio {row['ratio']}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
