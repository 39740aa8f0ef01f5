// The reader of logs: what is pasted or dropped goes to the engine of the page, or to a kernel, and
// what that says of it is shown below. The examples and what is said of them stand in the page.

const renderLog = ({ model, el }) => attachLog(rendered(model, el), false, model);

// `inSite`: the page is one of the site's. Returns a function that stops the reader.
function attachLog(root, inSite, model = null) {
  const copy = nextCopy();
  makeIdsUnique(root, copy);
  const { examples } = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  const part = (name) => root.querySelector(`.oom-${name}`);
  const [form, status, progress, count, result] = ["form", "status", "progress", "count", "result"].map(part);
  examples[0].html ??= result.innerHTML;
  const [read, stop] = ["read", "stop"].map((name) => root.querySelector(`[data-do="${name}"]`));
  const release = root.querySelector("[name='release']");
  const candidates = engines(model, copy);
  const source = logSource(root, inSite, begin, (why) => say("failed", why));

  let engine = null; // the one that is there, when it is known
  let asked = 0; // number of the newest reading: what is said of older ones is not shown
  let warm = false;

  async function begin() {
    if (root.dataset.state === "computing") cut();
    const mine = ++asked;
    const { text, name } = source;
    const stored = examples.find((one) => one.log === text && !release.value.trim());
    if (stored) return show(stored, "stored");
    if (text !== null && !text.trim()) {
      say("failed", "There is nothing to read yet: paste a log into the box, or choose a file.");
      return;
    }
    busy(true);
    say("computing", `Reading ${name} …`);
    const current = () => mine === asked;
    const answer = await readWhole(source.blob(), current, (...progress) => {
      if (current()) showProgress(name, ...progress);
    });
    if (!current()) return;
    busy(false);
    if (answer.error) fail(answer.error);
    else show(answer, "computed");
  }

  async function readWhole(blob, current, onProgress) {
    let reasons = [];
    try {
      // Once there, it is not looked for again: it needs no network any more.
      if (!engine) ({ engine, reasons } = await firstThere(candidates));
      if (!current()) return {}; // stopped meanwhile
      if (engine) return await engine.read(blob, release.value, onProgress);
    } catch (problem) {
      reasons.push(forReaders(problem));
      if (current()) engine = null; // else it was stopped, and nothing is the matter with it
    }
    return { error: `This log could not be read here. ${reasons.join(" ") || NO_ENGINE}` };
  }

  function cut() {
    asked += 1;
    engine?.cut();
    busy(false);
  }

  // A live region: it says what is being done, not how far that is; the bar and the count do.
  function showProgress(name, done, total, what) {
    say("computing", STAGES[what](name, engine.size()));
    if (total) Object.assign(progress, { max: total, value: Math.min(done, total) });
    else progress.removeAttribute("value");
    count.textContent = total ? `${megabytes(done)} of ${megabytes(total)} MB` : "";
    if (what === "explaining") {
      progress.removeAttribute("value");
      count.textContent = "";
    }
  }

  function busy(is) {
    const hadFocus = document.activeElement === stop;
    progress.hidden = count.hidden = stop.hidden = !is;
    progress.removeAttribute("value");
    count.textContent = "";
    if (hadFocus && !is) read.focus(); // the button that had it is gone
  }

  function say(state, text) {
    root.dataset.state = state;
    if (status.textContent !== text) status.textContent = text;
  }

  function fail(why) {
    say("failed", asSentence(why));
    result.replaceChildren();
  }

  function show(answer, state) {
    // Python made this HTML, and escaped every text in it that came out of the log.
    result.innerHTML = answer.html;
    if (!inSite) leaveKeysTo(root);
    say(state, answer.said);
    const { top } = result.getBoundingClientRect();
    if (top > innerHeight * 0.6) status.scrollIntoView({ block: "start" });
  }

  function wakeEngine() {
    if (warm || navigator.connection?.saveData) return;
    warm = true;
    firstThere(candidates).then(({ engine: found }) => found?.warm());
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });
  form.addEventListener("focusin", wakeEngine);
  stop.addEventListener("click", () => {
    cut();
    say("stopped", "Stopped. Nothing of it is kept.");
  });
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-example]");
    if (!button) return;
    release.value = "";
    source.write(examples[Number(button.dataset.example)].log);
    begin();
  });
  root.querySelector("fieldset").disabled = false;
  root.dataset.ready = "";

  return () => {
    asked += 1;
    source.stop();
    candidates.forEach((candidate) => candidate.stop());
  };
}

const STAGES = {
  loading: (_name, size) => `Loading the reader${size && `, ${size}, once`} …`,
  reading: (name) => `Reading ${name} …`,
  explaining: () => "Comparing with the model …",
};

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
