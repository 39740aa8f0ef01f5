// Who computes what is not stored: a kernel, if one answers, or else the engine of the site.
// An engine has `whyNot()` ("" if it is there, or else a sentence), `size()`, how much has to be loaded
// for it, in words ("": nothing, or not known), `ask()` for a view, `read()` for a log, and `done`, the
// words for its answers. Nothing about the page is guessed: a kernel is there
// when it answers a ping.

const PING_MS = 3000; // an idle kernel answers in a few milliseconds
const PATIENCE_MS = 60000; // our choice: a single result takes far less
const LOG_SLICE = 1 << 20; // bytes of a log that go to the kernel at once (our choice)
const NO_ENGINE = "Neither a kernel nor an engine is at hand on this page.";
const NO_KERNEL = "No kernel answers: it is busy, or the cell must be run again.";

// A failure whose message is a sentence for readers. That of any other error is for the console.
class Told extends Error {}

function forReaders(problem) {
  if (problem instanceof Told) return problem.message;
  console.warn(problem);
  return "A part of this page does not work in this browser; its console says more.";
}

function engines(model, copy) {
  const found = [];
  if (model) found.push(kernelEngine(model, copy));
  const base = siteBase();
  if (base) found.push(siteEngine(base));
  return found;
}

// Where a page of the site finds what is no page; null elsewhere.
function siteBase() {
  const root = document.documentElement.dataset.content_root; // Sphinx writes it into each page
  return root === undefined ? null : new URL(`${root}_static/`, document.baseURI);
}

// The first engine that is there, or null, and why the others before it are not.
async function firstThere(candidates) {
  const reasons = [];
  for (const candidate of candidates) {
    const why = await candidate.whyNot();
    if (!why) return { engine: candidate, reasons };
    reasons.push(why);
  }
  return { engine: null, reasons };
}

function kernelEngine(model, copy) {
  const me = `${copy}-${Math.random().toString(36).slice(2)}`; // other views hear the same answers
  const open = new Map();
  let count = 0;
  let benches = 0; // number of the newest bench: nobody waits for older ones
  const hear = (message) => open.get(message.id)?.(message);
  model.on("msg:custom", hear);

  const send = (message, patience, buffers = []) =>
    new Promise((resolve) => {
      const id = `${me}-${++count}`;
      const timer = setTimeout(() => settle(null), patience);
      const settle = (answer) => {
        clearTimeout(timer);
        open.delete(id);
        resolve(answer);
      };
      open.set(id, settle);
      try {
        model.send({ ...message, id }, undefined, buffers);
      } catch {
        settle(null); // the line to the kernel is closed: it was shut down or restarted
      }
    });

  return {
    done: "computed now (by the kernel)",
    async whyNot() {
      return (await send({ kind: "ping" }, PING_MS)) ? "" : NO_KERNEL;
    },
    size: () => "",
    async ask(_data, values) {
      const answer = await send({ kind: "run", values }, PATIENCE_MS);
      if (!answer) throw new Told(NO_KERNEL);
      return answer.result;
    },
    // In slices: the kernel answers each, so that neither side has to hold all of it.
    async read(log, release, onProgress) {
      let answer = null;
      let at = 0;
      do {
        const slice = await log.slice(at, at + LOG_SLICE).arrayBuffer();
        const message = { kind: "log", first: at === 0, last: at + LOG_SLICE >= log.size, release };
        answer = await send(message, PATIENCE_MS, [slice]);
        if (!answer) throw new Told(NO_KERNEL);
        at += LOG_SLICE;
        onProgress(Math.min(at, log.size), log.size, "reading");
      } while (at < log.size);
      return answer.result;
    },
    // In parts: the kernel is asked for each, so that it can be stopped between two.
    async bench(question, onPart) {
      const mine = ++benches;
      for (let first = true; mine === benches; first = false) {
        const answer = await send({ kind: "bench", question: first ? question : null, run: mine }, PATIENCE_MS);
        if (!answer) throw new Told(NO_KERNEL);
        if (mine !== benches || answer.part.kind === "done") return;
        onPart(answer.part);
      }
    },
    warm: () => {},
    cut: () => (benches += 1),
    stop: () => model.off("msg:custom", hear),
  };
}
