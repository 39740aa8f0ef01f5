// The Python of a problem set: a worker of the page's own, since a cell may run for ever, and is
// stopped by ending it. The one that pages share is left alone by what a student writes.

function setEngine(base) {
  const live = new URL("live/", base);
  let worker = null;
  let open = null; // the cell that is under way: { resolve, reject, onLoad, onReady }
  let count = 0;

  function end() {
    worker?.terminate();
    worker = null;
  }

  function fail(why) {
    end();
    open?.reject(new Told(why));
    open = null;
  }

  function start() {
    worker = new Worker(new URL("worker.js", live), { type: "module" });
    const mine = worker;
    const current = () => worker === mine;
    const broken = async (why) => {
      const told = await why;
      if (current()) fail(`Python could not start: ${told}`);
    };
    worker.onmessage = ({ data }) => {
      if (!current()) return;
      if (data.kind === "progress") open?.onLoad();
      else if (data.kind === "broken") broken(data.script ? whyRefused(live, data.script) : data.why);
      else if (data.kind === "answer") {
        open?.resolve(data.result);
        open = null;
      } else if (data.kind === "ready") open?.onReady();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (current()) broken(whyRefused(live, "worker.js"));
    };
  }

  return {
    // Resolves to what a cell printed and drew. Rejects with a sentence for readers.
    async run(cell, onLoad, onReady) {
      const why = worker ? "" : await whyNoSiteEngine(base);
      if (why) throw new Told(why);
      return new Promise((resolve, reject) => {
        open = { resolve, reject, onLoad, onReady };
        try {
          if (!worker) start();
          worker.postMessage({ id: ++count, ...cell });
        } catch (problem) {
          console.warn(problem);
          fail("This browser, or a policy of this site, lets no page start a worker.");
        }
      });
    },
    stop: () => fail("Stopped."),
  };
}
