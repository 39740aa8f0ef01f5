// The in-page engine: Python (Pyodide) and oomlab's own wheels, all served by this site, in a
// worker, so that the page stays responsive: one that all pages share, or a page's own. It answers
// {id, view, values} with the result of oomlab.views.answer, and {id, log, release}, where `log` is a
// Blob, with that of oomlab.views.log.answering_log; {id, bench} with the parts that
// oomlab.views.bench.bench_answers gives: the functions that a kernel answers with as well.
// {id, cell, name, graded} runs a cell of a notebook; only a page with a worker of its own asks that.
// {stop: id}: nobody waits for that answer any more. {bye}: the page is left. {cancel}: its reader
// wants nothing more to be loaded.
//
// What can go wrong on a server or in a browser is found here as soon as it happens, and said in
// words for whoever runs the site: Pyodide itself waits for ever for a file that does not come.

const here = new URL("./", import.meta.url);
const STALL_MS = 5000; // our choice: a connection without one byte for so long is broken
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

def run_cell(source, name, graded):
    from oomlab.course.cells import run_in_page

    return json.dumps(run_in_page(source, name, graded))

def read(open_blob, release):
    from oomlab.views import log

    return json.dumps((yield from log.answering_log(lambda: Blob(open_blob()), release)))

def bench(question, tell):
    from oomlab.views.bench import bench_answers

    yield from map(json.dumps, bench_answers(json.loads(question), tell))
`;

// A failure whose message is for readers; that of any other error is for the console.
class Told extends Error {}

const pathOf = (url) => (url.startsWith(here.href) ? url.slice(here.href.length) : url);
const missing = (path, { status }) => new Told(`its file ${path} is missing on this site (${status})`);
const cut = (path, loaded, size) =>
  new Told(`its file ${path} is incomplete (${loaded} of ${size} bytes)`);

const pages = new Map(); // for each port to a page, the numbers of what it waits for
let state = { kind: "progress", loaded: 0, total: 0 }; // what a page that comes now is told
const underWay = new Set(); // what is to be said of each file that is on its way, if it stops
let stall = 0;
let over = false; // only the first reason is told: the others follow from it
const shared = "onconnect" in self;
const lock = holdLock();
const ready = load();
ready.then(() => tell({ kind: "ready" }), breakDown);
if (shared) self.onconnect = ({ ports: [port] }) => welcome(port);
else welcome(self);

function welcome(port) {
  pages.set(port, new Set());
  port.onmessage = ({ data }) => hear(port, data);
  port.postMessage(state);
  lock.then((name) => name && port.postMessage({ kind: "hello", lock: name }));
}

// Tells all pages how it stands.
function tell(news) {
  state = news;
  for (const port of pages.keys()) port.postMessage(news);
}

// Resolves to the name of a lock that this worker holds as long as it lives, so that a page notices
// when it has been ended; to "" where there are no locks. Two shared workers of one name never live
// at a time, but one may still be ending.
function holdLock() {
  if (!navigator.locks) return Promise.resolve("");
  const name = `oomlab engine ${shared ? self.name : `of one page ${crypto.randomUUID()}`}`;
  return new Promise((held) => {
    navigator.locks.request(name, () => {
      held(name);
      return new Promise(() => {});
    });
  });
}

async function hear(port, question) {
  const { id, log, release, bench, stop, bye, cancel } = question;
  const waits = pages.get(port);
  if (!waits) return;
  if (bye || cancel) pages.delete(port);
  if (cancel && state.kind === "progress" && ![...pages.values()].some(({ size }) => size)) close();
  if (bye || cancel) return;
  if (stop) return void waits.delete(stop);
  waits.add(id);
  const python = await ready.catch(() => null);
  if (!python || !waits.has(id)) return; // said already, or not to be said
  try {
    let found = "null";
    if (log) found = await readLog(python, port, id, log, release);
    else if (bench) await tellParts(python, port, id, bench);
    else found = answered(python, question);
    if (waits.delete(id)) port.postMessage({ kind: "answer", id, result: JSON.parse(found) });
  } catch (problem) {
    breakDown(problem); // Python itself has come to an end
  }
}

function answered(python, { view, values, cell, name, graded }) {
  if (cell !== undefined) return python.runCell(cell, name, graded);
  return python.run(view, JSON.stringify(values));
}

// Python reads the log piece by piece, and the page hears how far that is, and is heard. It may
// begin again. Result: null if it was stopped.
async function readLog(python, port, id, log, release) {
  const reader = new FileReaderSync();
  const waits = pages.get(port);
  const say = (read, what) => port.postMessage({ kind: "log", id, read, size: log.size, what });
  let broken = false;
  let what = "reading";
  const open = () => {
    let at = 0;
    return (size) => {
      say(at, what);
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
  while (answer === null && waits.has(id)) {
    const { done, value } = steps.next();
    if (done) answer = value;
    else if (value === "explaining") say(log.size, (what = value));
    await listen();
  }
  steps.destroy();
  const why = "This browser could not read the file to its end: was it changed, moved or removed?";
  return broken ? JSON.stringify({ error: why }) : answer;
}

// Python answers in parts. Between two of them the page is heard: it may have stopped waiting.
async function tellParts(python, port, id, question) {
  const waits = pages.get(port);
  const say = (part) => port.postMessage({ kind: "part", id, part });
  const parts = python.bench(JSON.stringify(question), (states) => say({ kind: "states", states }));
  for (;;) {
    const { done, value } = parts.next();
    if (done) break;
    say(JSON.parse(value));
    await listen();
    if (!waits.has(id)) break;
  }
  parts.destroy();
}

// Resolves when messages that have come meanwhile have been heard.
function listen() {
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
  watchFetches(files, (loaded) => tell({ kind: "progress", loaded, total }));
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
  const entry = (name) => python.globals.get(name);
  return { run: entry("run"), read: entry("read"), runCell: entry("run_cell"), bench: entry("bench") };
}

function breakDown(problem) {
  if (over) return;
  over = true;
  if (!(problem instanceof Told)) console.warn(problem);
  tell({ kind: "broken", script: problem.script, why: inWords(problem) });
  if (shared) close(); // the next page that needs one gets another
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
    const plain = pathOf(new Request(...request).url);
    const packed = files[`${plain}.gz`] && typeof DecompressionStream === "function";
    const path = packed ? `${plain}.gz` : plain;
    const asked = packed ? [new URL(path, here)] : request;
    const answer = await noticed(plainFetch(...asked), `its file ${path} cannot be reached`);
    if (!answer.ok) breakDown(missing(path, answer));
    if (!answer.ok || !answer.body) return answer;
    const headers = new Headers(answer.headers);
    if (plain.endsWith(".wasm")) headers.set("content-type", "application/wasm"); // whatever it was
    const undone = headers.has("content-encoding"); // the browser has undone what that says
    const size = packed && undone ? 0 : files[path];
    const body = watched(answer.body, path, size, (more) => tell((sum += more)));
    return new Response(packed ? await unpacked(body) : body, { headers });
  };
}

// `body` unpacked, unless the browser has done that: some servers send a .gz file as an encoding.
async function unpacked(body) {
  const source = body.getReader();
  const first = await source.read();
  const whole = new ReadableStream({
    start: (sink) => (first.done ? sink.close() : sink.enqueue(first.value)),
    async pull(sink) {
      const { done, value } = await source.read();
      if (done) sink.close();
      else sink.enqueue(value);
    },
  });
  return first.value?.[0] === 0x1f ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
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

// `promise`, with a word if it fails, or if of all that is under way nothing comes for longer than on
// a sound connection.
async function noticed(promise, why) {
  underWay.add(why);
  watchTime();
  try {
    return await promise;
  } catch (problem) {
    breakDown(new Told(why));
    throw problem;
  } finally {
    underWay.delete(why);
    watchTime();
  }
}

function watchTime() {
  clearTimeout(stall);
  if (!underWay.size) return;
  const due = Date.now() + STALL_MS;
  stall = setTimeout(() => {
    // Late, as this thread was busy: what has come meanwhile has not been looked at yet.
    if (Date.now() - due > STALL_MS / 5) watchTime();
    else breakDown(new Told([...underWay][0]));
  }, STALL_MS);
}
