// The page's side of the in-page engine: one worker for all panels of a page, started when a reader
// first asks for something that is not stored. Notebooks have a kernel instead.

const siteQuestions = new Map(); // those without an answer, by number
let siteWorker = null;
let siteRuns = false; // is it more than loading?
let siteCount = 0;
const FIRST_SIGN_MS = 12000; // our choice: for the small files that everything begins with

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
    ask: ({ view, fixed }, values, onProgress) =>
      askSite(base, { view, values: { ...fixed, ...values } }, onProgress),
    read: (log, release, onProgress) => askSite(base, { log, release }, onProgress),
    // Begins to load the engine before anything is asked of it.
    warm: () => void (siteWorker ??= startWorker(new URL("live/", base))),
    cut: stopSite,
    stop: () => {},
  };
}

async function whyNoSiteEngine(base) {
  if (location.protocol === "file:") return NOT_FROM_A_FILE;
  if (self.origin === "null") return NOT_IN_A_SANDBOX;
  const answer = await soon(fetch(new URL("live/engine.json", base)));
  if (!answer) return "The site's engine cannot be reached.";
  if (!answer.ok) return `The site's engine cannot be reached: ${missing("live/engine.json", answer)}.`;
  const report = await soon(answer.json());
  if (!report) return "The site's engine cannot be used: its file live/engine.json is damaged.";
  return report.available ? "" : report.why || "This copy of the book was built without the in-page engine.";
}

// What a promise resolves to, or null if it fails or takes longer than a sound connection does.
function soon(promise) {
  const late = new Promise((resolve) => setTimeout(resolve, FIRST_SIGN_MS, null));
  return Promise.race([promise.catch(() => null), late]);
}

// Resolves to the answer to a question about a view or a log. `onProgress(done, total, what)` is
// called while the engine is "loading", while a log is "reading", and while it is "explaining" that,
// with bytes; total is 0 if not known. Rejects with a sentence when there is no sign of life for
// PATIENCE_MS or the engine breaks; the next question then starts a new worker.
function askSite(base, question, onProgress) {
  return new Promise((resolve, reject) => {
    const id = ++siteCount;
    let timer = 0;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => giveUp("The engine gave no sign of life for a minute."), PATIENCE_MS);
    };
    const end = (settle, what) => {
      clearTimeout(timer);
      siteQuestions.delete(id);
      settle(what);
    };
    siteQuestions.set(id, {
      progress: (done, total, what) => {
        wait();
        onProgress(done, total, what);
      },
      answer: (result) => end(resolve, result),
      fail: (why) => end(reject, new Told(why)),
    });
    wait();
    siteWorker ??= startWorker(new URL("live/", base));
    siteWorker?.postMessage({ id, ...question });
  });
}

function startWorker(live) {
  let started;
  try {
    started = new Worker(new URL("worker.js", live), { type: "module" });
  } catch (problem) {
    console.warn(problem);
    giveUp("This browser, or a policy of this site, lets no page start a worker.");
    return null;
  }
  const silent = setTimeout(() => {
    if (siteWorker === started) giveUp("The engine could not start: its file worker.js does not come.");
  }, FIRST_SIGN_MS);
  const broken = async (why) => {
    clearTimeout(silent);
    const told = await why;
    if (siteWorker === started) giveUp(`The engine could not start: ${told}`);
  };
  started.onmessage = ({ data }) => {
    clearTimeout(silent);
    siteRuns = data.kind === "log" || data.kind === "answer" || siteRuns;
    if (data.kind === "progress") {
      for (const one of siteQuestions.values()) one.progress(data.loaded, data.total, "loading");
    } else if (data.kind === "log") siteQuestions.get(data.id)?.progress(data.read, data.size, data.what);
    else if (data.kind === "answer") siteQuestions.get(data.id)?.answer(data.result);
    else if (data.kind === "broken") broken(data.script ? whyRefused(live, data.script) : data.why);
  };
  started.onerror = (event) => {
    event.preventDefault();
    broken(whyRefused(live, "worker.js"));
  };
  return started;
}

// Nobody waits for the answers any more. A worker that has begun to read is kept, as it could not be
// had again without a network; one that is still loading is not, as that may be what is to stop.
function stopSite() {
  const why = "It was stopped.";
  if (!siteRuns) return giveUp(why);
  for (const [id, one] of [...siteQuestions]) {
    siteWorker.postMessage({ stop: id });
    one.fail(why);
  }
}

function giveUp(why) {
  siteWorker?.terminate();
  siteWorker = null;
  siteRuns = false;
  for (const one of [...siteQuestions.values()]) one.fail(why);
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
