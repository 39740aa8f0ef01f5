"""Small static sites around panels, laid out like the built book, for the tests in a browser."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from oomlab.widgets import Workbench, scripts
from oomlab.widgets.figures import FigureNumbers
from oomlab.widgets.shown import Shown
from tools.fetch_engine import PAGE_SCRIPT

SITE_STATIC = Path(__file__).parents[2] / "book" / "site_static"

# Lets the code of a worker of one page serve all that share it.
_SHARED = """
if ("onconnect" in self) {
  const ports = [];
  const early = [];
  self.onmessage = null;
  self.postMessage = (message) => {
    early.push(message);
    ports.forEach((port) => port.postMessage(message));
    if (message.kind === "broken") close();
  };
  self.onconnect = ({ ports: [port] }) => {
    ports.push(port);
    early.forEach((message) => port.postMessage(message));
    port.onmessage = (event) => self.onmessage?.(event);
  };
}
"""
# Answers as the real engine does, in a way that the number of pages chooses: 3 when RELEASE was run
# in the page, 6 never, 7 with a refusal, 1 by breaking down. What it draws says "worker", so that a
# test sees who answered.
FAKE_WORKER = """
const released = new Promise((go) => (new BroadcastChannel("release").onmessage = go));
postMessage({ kind: "progress", loaded: 3e6, total: 6e6 });
onmessage = ({ data: { id, view, values } }) => {
  const result =
    values.pages === 7
      ? { error: "Seven pages are never drawn; choose another number" }
      : {
          picture: `<svg class="oom-figure" role="img" viewBox="0 0 300 ${40 * values.pages}">
            <title>worker</title><text x="9" y="20">worker ${values.pages}</text></svg>`,
          sentence: `The worker drew ${view} for ${JSON.stringify(values)}.`,
          twin: `worker\\n${values.pages}`,
        };
  if (values.pages === 1) postMessage({ kind: "broken", why: "out of <b>luck</b>" });
  else if (values.pages === 3) released.then(() => postMessage({ kind: "answer", id, result }));
  else if (values.pages !== 6) postMessage({ kind: "answer", id, result });
};
"""
RELEASE = "new BroadcastChannel('release').postMessage('go')"

# Renders a panel as anywidget does: the code comes as one text, the model is a go-between. The
# kernel behind this model is three lines, and can be dead.
NOTEBOOK_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Notebook</title><link rel="icon" href="data:,"></head>
<body data-jp-theme-light="true"><main></main><script>
window.renderPanel = async ({ html, values, esm, css, alive, times, root }) => {
  if (root !== null) document.documentElement.dataset.content_root = root;
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const state = { html, values };
  const heard = {};
  const tell = (what, message) => [...(heard[what] ?? [])].forEach((hear) => hear(message));
  window.model = {
    alive,
    get: (name) => state[name],
    set(name, value) {
      const changed = JSON.stringify(state[name]) !== JSON.stringify(value);
      state[name] = value;
      if (changed) tell(`change:${name}`);
    },
    save_changes: () => {},
    on: (what, hear) => (heard[what] ??= new Set()).add(hear),
    off: (what, hear) => heard[what]?.delete(hear),
    listeners: () => Object.values(heard).reduce((sum, some) => sum + some.size, 0),
    send({ kind, id, values }) {
      if (!this.alive) return;
      const picture = '<svg role="img" viewBox="0 0 3 1"><title>kernel</title></svg>';
      const sentence = `The kernel drew ${JSON.stringify(values)}.`;
      const refused = { error: "Seven pages are never drawn" };
      const result = values?.pages === 7 ? refused : { picture, sentence, twin: "kernel" };
      const answer = kind === "ping" ? { kind: "pong", id } : { kind: "done", id, result };
      setTimeout(() => tell("msg:custom", answer), 10);
    },
  };
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const widget = (await import(url)).default;
  const closers = [];
  for (let i = 0; i < times; i += 1) {
    const el = document.querySelector("main").appendChild(document.createElement("div"));
    closers.push(widget.render({ model: window.model, el }));
  }
  window.closePanels = () => closers.forEach((close) => close());
};
</script></body></html>"""


NO_ENGINE = {"available": False}


def write_site(
    folder: Path,
    panels: Sequence[Shown],
    *,
    engine: Mapping[str, object] | None = NO_ENGINE,
    worker: str = FAKE_WORKER,
    script: str = "",
    index: str = "",
) -> None:
    """A site of one page, `folder`/index.html, with `panels` among some text.

    `engine` is what engine.json says (None: the file is missing; without it: there is no
    engine), `worker` the code of the engine, `script` the code that brings panels to life, if it is
    not to be the book's own, and `index` the page, if it is not to be `page(panels)`.
    """
    static = folder / "_static"
    code = static / "oom-panel"
    code.mkdir(parents=True)
    (code / "panel.css").write_text(scripts.style(), encoding="utf-8")
    writes = any(isinstance(panel, Workbench) for panel in panels)
    own = scripts.writing_script() if writes else scripts.page_script()
    (code / PAGE_SCRIPT).write_text(script or own, encoding="utf-8")
    live = static / "live"
    live.mkdir()
    served = worker if "onconnect" in worker else _SHARED + worker
    (live / "worker.js").write_text(served, encoding="utf-8")
    if engine is not None:
        (live / "engine.json").write_text(json.dumps(engine), encoding="utf-8")
    (folder / "index.html").write_text(index or page(panels), encoding="utf-8")


def page(panels: Sequence[Shown]) -> str:
    """The HTML of that page, with the attributes that Sphinx and the book's theme write."""
    numbering = FigureNumbers()
    shown = [numbering.numbered(panel.html) for panel in panels]
    return (
        '<!doctype html><html lang="en" data-content_root="./" data-theme="light"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<title>Panels</title><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="_static/oom-panel/panel.css">'
        "<style>body{font-family:sans-serif;margin:0 auto;padding:0 1rem;max-width:46rem}"
        "html[data-theme=dark] body{background:#14181d;color:#e8ebef}</style>"
        f'<script defer src="_static/oom-panel/{PAGE_SCRIPT}"></script></head><body><main>'
        "<h1>Panels</h1><p>Text before.</p>"
        f"{'<p>Text between.</p>'.join(shown)}"
        '<p id="after">Text after.</p></main></body></html>'
    )
