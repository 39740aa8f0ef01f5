// The in-page engine: Python (Pyodide) and oomlab's own wheels, all served by this site, in a
// worker, so that the page stays responsive. It answers {id, view, values} with the result of
// oomlab.views.answer, the function that a kernel answers with as well.

const here = new URL("./", import.meta.url);

const ENTRY = `
import json
from oomlab.views import answer

def run(view, values):
    return json.dumps(answer(view, json.loads(values)))

run
`;

const ready = load();
ready.catch((problem) => postMessage({ kind: "broken", why: String(problem.message ?? problem) }));

onmessage = async ({ data: { id, view, values } }) => {
  const run = await ready.catch(() => null);
  if (!run) return; // said already
  postMessage({ kind: "answer", id, result: JSON.parse(run(view, JSON.stringify(values))) });
};

async function load() {
  const { bytes = 0 } = await getJson("engine.json");
  countBytes((loaded) => postMessage({ kind: "progress", loaded, total: bytes }));
  const { loadPyodide } = await import(new URL("pyodide/pyodide.mjs", here));
  const python = await loadPyodide({ indexURL: new URL("pyodide/", here).href });
  for (const name of await getJson("wheels/index.json")) {
    python.unpackArchive(await (await get(`wheels/${name}`)).arrayBuffer(), "wheel");
  }
  return python.runPython(ENTRY);
}

async function get(path) {
  const answer = await fetch(new URL(path, here));
  if (!answer.ok) throw new Error(`the site has no ${path} (${answer.status})`);
  return answer;
}

async function getJson(path) {
  return (await get(path)).json();
}

// Pyodide fetches its parts itself, so the bytes are counted where all of them pass: in fetch.
function countBytes(tell) {
  const plainFetch = self.fetch;
  let loaded = 0;
  self.fetch = async (...request) => {
    const answer = await plainFetch(...request);
    if (!answer.body) return answer;
    const counter = new TransformStream({
      transform(chunk, stream) {
        tell((loaded += chunk.byteLength));
        stream.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = answer;
    return new Response(answer.body.pipeThrough(counter), { status, statusText, headers });
  };
}
