// The page's side of the in-page engine: one worker, started when a reader first comes near something
// that is not stored. Where a browser can, all pages of a visit share it, so that it loads once; else
// each page starts its own, from what the browser has kept of the files. Notebooks have a kernel.
// How to talk to it says worker.js; how to reach it, site-line.js.

const siteQuestions = new Map(); // those without an answer, by number
let siteLine = null; // the way to the worker
let siteRuns = false; // is it more than loading?
let siteCount = 0;
let siteLoad = null; // how far the worker has loaded: [bytes, of so many]
let siteReport = {}; // what engine.json says: version, and sizes in bytes
const ENDING_MS = 200; // our choice: until then Chromium would join a page to the worker that ends
const FIRST_SIGN_MS = 5000; // our choice: for the small files that everything begins with

// Why no page of this kind gets an engine, whatever the site holds. Browsers decide so: such a page
// has an origin of its own, shared with no file.
const NOT_FROM_A_FILE =
  "This page was opened as a file, and a browser lets such a page load no engine:" +
  " that needs a web server (make serve starts one).";
const NOT_IN_A_SANDBOX =
  "This page is in a sandboxed frame, which lets it load no engine: open the page by itself.";

function siteEngine(base) {
  return {
    done: "computed now (in this page)",
    whyNot: () => whyNoSiteEngine(base),
    size: siteSize,
    ask: ({ view, fixed }, values, onProgress) =>
      askSite(base, { view, values: { ...fixed, ...values } }, onProgress),
    read: (log, release, onProgress) => askSite(base, { log, release }, onProgress),
    bench: (question, onPart, onProgress) => askSite(base, { bench: question }, onProgress, onPart),
    // Begins to load the engine before anything is asked of it.
    warm: () => siteLine ?? startLine(base),
    cut: stopSite,
    stop: () => {},
  };
}

function whyNever() {
  if (location.protocol === "file:") return NOT_FROM_A_FILE;
  return self.origin === "null" ? NOT_IN_A_SANDBOX : "";
}

async function whyNoSiteEngine(base) {
  if (whyNever()) return whyNever();
  const answer = await soon(fetch(new URL("live/engine.json", base), { cache: "no-cache" }));
  if (!answer) return "The site's engine cannot be reached.";
  if (!answer.ok) return `The site's engine cannot be reached: ${missing("live/engine.json", answer)}.`;
  const report = await soon(answer.json());
  if (!report) return "The site's engine cannot be used: its file live/engine.json is damaged.";
  siteReport = report;
  return report.available ? "" : report.why || "This copy of the book was built without the in-page engine.";
}

// How much is to be loaded, in words. How far a server packs its files is not known beforehand.
function siteSize() {
  const [most, least] = [siteReport.bytes, siteReport.packed].map((bytes) => Math.round(bytes / 1e6));
  if (!most) return "";
  return least && least < most ? `${least} to ${most} MB` : `about ${most} MB`;
}

// What a promise resolves to, or null if it fails or takes longer than a sound connection does.
function soon(promise) {
  const late = new Promise((resolve) => setTimeout(resolve, FIRST_SIGN_MS, null));
  return Promise.race([promise.catch(() => null), late]);
}

// Resolves to the answer to a question about a view or a log. `onProgress(done, total, what)` is
// called while the engine is "loading", while a log is "reading", and while it is "explaining" that,
// with bytes; total is 0 if not known. What comes in parts is given to `onPart`. Rejects with a sentence when there is no sign of life for
// PATIENCE_MS or the engine breaks; the next question then starts a new worker.
function askSite(base, question, onProgress, onPart = () => {}) {
  return new Promise((resolve, reject) => {
    const id = ++siteCount;
    let timer = 0;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        shareNoMore(); // a worker that others use cannot be ended from here
        giveUp("The engine gave no sign of life for a minute.");
      }, PATIENCE_MS);
    };
    const end = (settle, what) => {
      clearTimeout(timer);
      siteQuestions.delete(id);
      settle(what);
    };
    siteQuestions.set(id, {
      base,
      lost: 0, // how many workers have died over it
      message: { id, ...question },
      progress: (done, total, what) => {
        wait();
        onProgress(done, total, what);
      },
      part(one) {
        wait();
        onPart(one);
      },
      answer: (result) => end(resolve, result),
      fail: (why) => end(reject, new Told(why)),
    });
    wait();
    siteLine ?? startLine(base);
    if (siteLine && siteLoad && !siteRuns) onProgress(...siteLoad, "loading"); // it began before
    siteLine?.post({ id, ...question });
  });
}

// Nobody waits for the answers any more. A worker that has begun to read is kept, as it could not be
// had again without a network; one that is still loading is not, as that may be what is to stop.
function stopSite() {
  const why = "It was stopped.";
  if (!siteRuns) return giveUp(why, true);
  for (const [id, one] of [...siteQuestions]) {
    siteLine.post({ stop: id });
    one.fail(why);
  }
}

// `stopped`: a reader wants it to load no further.
function giveUp(why, stopped = false) {
  leaveLine(stopped);
  for (const one of [...siteQuestions.values()]) one.fail(why);
}

function leaveLine(stopped = false) {
  siteLine?.end(stopped);
  siteLine = null;
  siteLoad = null;
  siteRuns = false;
}

// The worker is gone: a browser may end one that sleeps or takes much memory. What it was asked is
// asked once more of a new one.
function onceMore() {
  leaveLine();
  for (const one of [...siteQuestions.values()]) {
    if (one.lost++) one.fail("The engine was ended twice by this browser, which may be short of memory.");
  }
  const lost = [...siteQuestions.values()];
  setTimeout(() => {
    for (const one of lost) (siteLine ?? startLine(one.base))?.post(one.message);
  }, ENDING_MS);
}

function hearSite(data) {
  siteRuns = ["log", "part", "answer", "ready"].includes(data.kind) || siteRuns;
  const one = siteQuestions.get(data.id);
  if (data.kind === "progress") {
    siteLoad = [data.loaded, data.total];
    for (const each of siteQuestions.values()) each.progress(data.loaded, data.total, "loading");
  } else if (data.kind === "log") one?.progress(data.read, data.size, data.what);
  else if (data.kind === "part") one?.part(data.part);
  else if (data.kind === "answer") one?.answer(data.result);
}

const missing = (path, { status }) => `its file ${path} is missing on this site (${status})`;

// Why the browser did not run a script of ours, in words for whoever runs the site.
async function whyRefused(folder, path) {
  const answer = await fetch(new URL(path, folder)).catch(() => null);
  if (!answer) return `its file ${path} cannot be reached`;
  if (!answer.ok) return missing(path, answer);
  const type = (answer.headers.get("content-type") ?? "").split(";")[0] || "no type at all";
  if (!/(java|ecma)script/.test(type)) {
    return `the server sends ${path} as ${type}, and browsers run no script of that type`;
  }
  return `${path} is damaged, or a policy of this site or this browser does not let it run`;
}
