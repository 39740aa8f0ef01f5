// The way from a page to the worker of its engine: a worker that all pages of the site share, if the
// browser has such workers and keeps them while a reader goes from page to page, or one of its own.

// A worker holds a lock of this name, with the engine's version, for as long as it lives. So a page
// learns that one is there, without starting it, and that one is gone, without waiting for it.
const ENGINE_LOCK = "oomlab engine ";
let siteShares = typeof SharedWorker === "function" && Boolean(navigator.locks);

let siteAlone = false; // was a shared worker tried in vain?
const SHARED_SIGN_MS = 3000; // our choice: of FIRST_SIGN_MS, which is for all attempts

const shareNoMore = () => (siteShares = false);

// Starts the worker, or joins the one that other pages have, and makes it `siteLine`: `post` sends it
// a message, `end` leaves it. Returns that, or null if no worker may be had.
function startLine(base) {
  const live = new URL("live/", base);
  try {
    siteLine = siteShares ? sharedLine(live) : ownLine(live);
  } catch (problem) {
    if (!siteShares) {
      console.warn(problem);
      giveUp("This browser, or a policy of this site, lets no page start a worker.");
      return null;
    }
    shareNoMore(); // refused where cookies are
    return startLine(base);
  }
  watchLine(siteLine, live, base);
  return siteLine;
}

function sharedLine(live) {
  const name = siteReport.version ?? "";
  // Without a longer life, it would end whenever a reader leaves a page, and be loaded anew.
  const options = { type: "module", name, extendedLifetime: true };
  const worker = new SharedWorker(new URL("worker.js", live), options);
  const { port } = worker;
  return {
    source: port,
    worker,
    post: (message) => port.postMessage(message),
    end(stopped) {
      port.postMessage(stopped ? { cancel: true } : { bye: true });
      port.onmessage = null;
      port.close();
    },
  };
}

function ownLine(live) {
  const worker = new Worker(new URL("worker.js", live), { type: "module" });
  const post = (message) => worker.postMessage(message);
  return { source: worker, worker, post, end: () => worker.terminate() };
}

function watchLine(line, live, base) {
  const current = () => siteLine === line;
  const shared = line.source !== line.worker;
  const silent = setTimeout(() => {
    if (!current()) return;
    if (shared) return alone(); // a browser may join a page to a worker that is just ending
    giveUp("The engine could not start: its file worker.js does not come.");
  }, shared ? SHARED_SIGN_MS : siteAlone ? FIRST_SIGN_MS - SHARED_SIGN_MS : FIRST_SIGN_MS);
  // Goes on without the others.
  const alone = () => {
    clearTimeout(silent);
    shareNoMore();
    siteAlone = true;
    leaveLine(true); // or it would load as well, if it comes after all
    startLine(base);
    for (const { message } of siteQuestions.values()) siteLine?.post(message);
  };
  let over = false;
  const broken = async (why) => {
    clearTimeout(silent);
    over = true; // a worker that breaks ends itself
    const told = await why;
    if (current()) giveUp(`The engine could not start: ${told}`);
  };
  line.source.onmessage = ({ data }) => {
    clearTimeout(silent);
    if (!current()) return;
    if (data.kind === "hello") whenGone(data.lock, () => current() && !over && onceMore());
    else if (data.kind === "broken") broken(data.script ? whyRefused(live, data.script) : data.why);
    else hearSite(data);
  };
  line.worker.onerror = (event) => {
    event.preventDefault();
    if (!current()) return;
    if (shared) alone(); // this browser may have no shared workers that are modules
    else broken(whyRefused(live, "worker.js"));
  };
}

// Calls `act` when whoever has the lock ends.
function whenGone(lock, act) {
  navigator.locks.request(lock, act).catch(console.warn);
}

// Joins the engine that an earlier page of this visit has loaded, before it is ended for want of pages.
async function rejoinSite(base) {
  if (!siteShares) return;
  const there = async () => (await navigator.locks.query()).held.map(({ name }) => name);
  try {
    if (!(await there()).some((name) => name.startsWith(ENGINE_LOCK))) return;
    if (await whyNoSiteEngine(base)) return;
    if ((await there()).includes(ENGINE_LOCK + (siteReport.version ?? ""))) siteLine ?? startLine(base);
  } catch (problem) {
    console.warn(problem); // refused: then it is started when it is needed
  }
}

// A page that the browser keeps for "back" may hold no line: it could not hear, and would be dropped.
addEventListener("pagehide", () => {
  if (siteLine && siteLine.source !== siteLine.worker) giveUp("The page was left.");
});
