// The page's side of the in-page engine: one worker for all panels of a page, started when a reader
// first asks for something that is not stored. Only sites load this module; notebooks have a kernel.

let worker = null;
let count = 0;
const open = new Map(); // questions without an answer, by number

// "" if the site has an engine, otherwise a sentence that says why not.
export async function whyNot(base) {
  const answer = await fetch(new URL("live/engine.json", base)).catch(() => null);
  if (!answer?.ok) return "The site's engine cannot be reached.";
  const { available, why } = await answer.json();
  return available ? "" : why || "This copy of the book was built without the in-page engine.";
}

// Resolves to the view's answer. `onProgress(loaded, total)` is called while the engine is loaded,
// with bytes; total is 0 if not known. Rejects with a sentence when there is no sign of life for
// `patience` milliseconds or the engine breaks; the next question then starts a new worker.
export function ask(base, view, values, onProgress, patience) {
  worker ??= start(new URL("live/worker.mjs", base));
  return new Promise((resolve, reject) => {
    const id = ++count;
    let timer = 0;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => giveUp("The engine gave no sign of life for a minute."), patience);
    };
    const end = (settle, what) => {
      clearTimeout(timer);
      open.delete(id);
      settle(what);
    };
    open.set(id, {
      progress: (loaded, total) => {
        wait();
        onProgress(loaded, total);
      },
      answer: (result) => end(resolve, result),
      fail: (why) => end(reject, new Error(why)),
    });
    wait();
    worker.postMessage({ id, view, values });
  });
}

function start(url) {
  const made = new Worker(url, { type: "module" });
  made.onmessage = ({ data }) => {
    if (data.kind === "progress") for (const one of open.values()) one.progress(data.loaded, data.total);
    else if (data.kind === "answer") open.get(data.id)?.answer(data.result);
    else if (data.kind === "broken") giveUp(`The engine could not start: ${data.why}`);
  };
  made.onerror = (event) => {
    event.preventDefault();
    giveUp(`The engine could not start${event.message ? `: ${event.message}` : "."}`);
  };
  return made;
}

function giveUp(why) {
  worker?.terminate();
  worker = null;
  for (const one of [...open.values()]) one.fail(why);
}
