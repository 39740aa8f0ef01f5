// The in-page engine: Python (Pyodide) and oomlab's own wheels, all served by this site, in a
// worker, so that the page stays responsive. It answers {id, view, values} with the result of
// oomlab.views.answer, and {id, log, release}, where `log` is a Blob, with that of
// oomlab.views.log.answering_log: the functions that a kernel answers with as well. {stop: id} ends
// the reading of that log; a worker that was ended itself would have to be loaded anew.
//
// What can go wrong on a server or in a browser is found here as soon as it happens, and said in
// words for whoever runs the site: Pyodide itself waits for ever for a file that does not come.

postMessage({ kind: "progress", loaded: 0, total: 0 }); // this file has come
const here = new URL("./", import.meta.url);
const STALL_MS = 12000; // our choice: a connection without one byte for so long is broken
const EMPTY_PROGRAM = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0); // the shortest WebAssembly

const ENTRY = `
import json
from oomlab.views import answer

def run(view, values):
    return json.dumps(answer(view, json.loads(values)))

class Blob:
    def __init__(self, read):
        self._read = read

    def read(self, size):
        return self._read(size).to_bytes()

def read(open_blob, release):
    from oomlab.views import log

    return json.dumps((yield from log.answering_log(lambda: Blob(open_blob()), release)))
`;

// A failure whose message is for readers; that of any other error is for the console.
class Told extends Error {}

const pathOf = (url) => (url.startsWith(here.href) ? url.slice(here.href.length) : url);
const missing = (path, { status }) => new Told(`its file ${path} is missing on this site (${status})`);
const cut = (path, loaded, size) =>
  new Told(`its file ${path} is incomplete (${loaded} of ${size} bytes)`);

const stopped = new Set(); // numbers of logs that nobody waits for any more
let over = false; // only the first reason is told: the others follow from it
const ready = load();
ready.catch(breakDown);

onmessage = async ({ data: { id, view, values, log, release, stop } }) => {
  if (stop) stopped.add(stop);
  const python = await ready.catch(() => null);
  if (!python || stop) return; // said already, or nothing to say
  const result = log ? await readLog(python, id, log, release) : python.run(view, JSON.stringify(values));
  if (!stopped.has(id)) postMessage({ kind: "answer", id, result: JSON.parse(result) });
};

// Python reads the log piece by piece, and the page hears how far that is, and is heard. It may
// begin again. Result: null if it was stopped.
async function readLog(python, id, log, release) {
  const reader = new FileReaderSync();
  const tell = (read, what) => postMessage({ kind: "log", id, read, size: log.size, what });
  let broken = false;
  let what = "reading";
  const open = () => {
    let at = 0;
    return (size) => {
      tell(at, what);
      try {
        return new Uint8Array(reader.readAsArrayBuffer(log.slice(at, (at += size))));
      } catch {
        broken = true;
        return new Uint8Array();
      }
    };
  };
  const steps = python.read(open, release);
  let answer = null;
  while (answer === null && !stopped.has(id)) {
    const { done, value } = steps.next();
    if (done) answer = value;
    else if (value === "explaining") tell(log.size, (what = value));
    await hear();
  }
  steps.destroy();
  const why = "This browser could not read the file to its end: was it changed, moved or removed?";
  return broken ? JSON.stringify({ error: why }) : answer;
}

// Resolves when messages that have come meanwhile have been heard.
function hear() {
  return new Promise((heard) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = heard;
    port2.postMessage(0);
  });
}

async function load() {
  if (!mayRunWebAssembly()) throw new Told("a policy of this site, or this browser, forbids WebAssembly");
  const files = {}; // sizes, once they are known
  let total = 0;
  watchFetches(files, (loaded) => postMessage({ kind: "progress", loaded, total }));
  const report = await getJson("engine.json");
  total = report.bytes ?? 0;
  Object.assign(files, report.files);
  // Pyodide would ask for its own part by a name (.mjs) that many servers give a useless type.
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all(
    ["pyodide/pyodide.js", "pyodide/pyodide.asm.js"].map(getModule),
  );
  const indexURL = new URL("pyodide/", here).href;
  const python = await loadPyodide({ indexURL, createPyodideModule });
  for (const name of await getJson("wheels/index.json")) {
    python.unpackArchive(await (await get(`wheels/${name}`)).arrayBuffer(), "wheel");
  }
  python.runPython(ENTRY);
  return { run: python.globals.get("run"), read: python.globals.get("read") };
}

function breakDown(problem) {
  if (over) return;
  over = true;
  if (!(problem instanceof Told)) console.warn(problem);
  postMessage({ kind: "broken", script: problem.script, why: inWords(problem) });
}

function inWords(problem) {
  if (problem instanceof Told) return problem.message;
  if (problem instanceof RangeError && /memory/i.test(problem.message)) {
    return "this browser has not enough memory left for Python";
  }
  return "Python does not run in this browser, or one of the engine's files is damaged";
}

function mayRunWebAssembly() {
  try {
    return Boolean(new WebAssembly.Module(EMPTY_PROGRAM));
  } catch {
    return false;
  }
}

async function get(path) {
  const answer = await fetch(new URL(path, here));
  if (!answer.ok) throw missing(path, answer);
  return answer;
}

async function getJson(path) {
  const answer = await get(path);
  return answer.json().catch(() => {
    throw new Told(`its file ${path} is damaged`);
  });
}

// `import` tells neither how far it is nor, when it fails, why. So the file is fetched first, where
// it is watched, and imported from the browser's cache; if that fails, the page looks at the file.
async function getModule(path) {
  await (await get(path)).arrayBuffer();
  try {
    return await import(new URL(path, here));
  } catch (problem) {
    throw Object.assign(problem, { script: path });
  }
}

// Pyodide fetches its parts itself, so they are counted and judged where all of them pass: in fetch.
function watchFetches(files, tell) {
  const plainFetch = self.fetch;
  let sum = 0;
  self.fetch = async (...request) => {
    const path = pathOf(new Request(...request).url);
    const answer = await noticed(plainFetch(...request), `its file ${path} cannot be reached`);
    if (!answer.ok) breakDown(missing(path, answer));
    if (!answer.ok || !answer.body) return answer;
    const headers = new Headers(answer.headers);
    if (path.endsWith(".wasm")) headers.set("content-type", "application/wasm"); // whatever it was
    const body = watched(answer.body, path, files[path], (more) => tell((sum += more)));
    return new Response(body, { headers });
  };
}

// `body` as it is, with a word when bytes stop coming, or come to another end than they should.
function watched(body, path, size, tell) {
  const source = body.getReader();
  let loaded = 0;
  return new ReadableStream({
    async pull(sink) {
      const broken = `its file ${path} broke off after ${loaded} bytes`;
      const { done, value } = await noticed(source.read(), broken);
      if (done && size && loaded !== size) {
        breakDown(cut(path, loaded, size));
        sink.error();
      } else if (done) {
        sink.close();
      } else {
        loaded += value.byteLength;
        tell(value.byteLength);
        sink.enqueue(value);
      }
    },
  });
}

// `promise`, with a word if it fails or takes longer than a sound connection does.
async function noticed(promise, why) {
  const timer = setTimeout(() => breakDown(new Told(why)), STALL_MS);
  try {
    return await promise;
  } catch (problem) {
    breakDown(new Told(why));
    throw problem;
  } finally {
    clearTimeout(timer);
  }
}
