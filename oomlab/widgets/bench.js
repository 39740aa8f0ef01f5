// The workbench: a driver of the reader's own, which the engine of the page, or a kernel, tries in
// every schedule. The texts stand in the page; what is said of them comes piece by piece, as HTML.

const TRYING = "Trying every schedule …";
const REST_OF_EDIT_MS = 500; // our choice: a text that rests so long is looked at

const renderBench = ({ model, el }) => attachBench(rendered(model, el), false, model);

// `inSite`: the page is one of the site's, whose address is ours. Returns a function that stops it.
function attachBench(root, inSite, model = null) {
  const copy = nextCopy();
  makeIdsUnique(root, copy);
  const data = JSON.parse(root.querySelector(":scope > script[type='application/json']").textContent);
  const part = (name) => root.querySelector(`.oom-${name}`);
  const button = (name) => root.querySelector(`[data-do="${name}"]`);
  const [form, status, progress, count, result] = ["form", "status", "progress", "count", "result"].map(part);
  const [about, file] = ["bench-about", "bench-file"].map(part);
  const [start, remedy] = ["start", "which-remedy"].map((name) => root.querySelector(`[name="${name}"]`));
  const [tryIt, stop, back] = ["try", "stop", "back"].map(button);
  const candidates = engines(model, copy);
  const editors = Object.fromEntries(
    data.limits.parts.map((name) => [name, benchEditor(root.querySelector(`[data-part="${name}"]`), edited)]),
  );
  const remedyBox = root.querySelector('[data-part="remedy"]');
  const ends = new AbortController();
  const on = (target, what, hear) => target.addEventListener(what, hear, { signal: ends.signal });

  let engine = null; // the one that is there, when it is known
  let cuts = 0; // how often the reader has waited no longer
  let asked = 0; // number of the newest check: what is said of older ones is not shown
  let looked = 0; // the same of looking at the texts
  let rest = 0; // until the texts are looked at
  let loaded = null; // the texts as they were put there
  let left = null; // the reader's own, which something else has taken the place of
  let checked = null; // the texts that the result is of
  let stages = 0;
  let warm = false;

  const own = () => remedy.value === "own";
  const texts = () => ({
    callback: editors.callback.read(),
    holder: editors.holder.read(),
    remedy: own() ? editors.remedy.read() : remedy.value,
  });
  const same = (some, others) => data.limits.parts.every((name) => some?.[name] === others?.[name]);

  // -- what stands in the boxes --------------------------------------------------------------------

  // Puts texts into the boxes. `c`: the same as C; null: not known.
  function put(given, c, words) {
    const now = texts();
    left = loaded && !same(now, loaded) ? now : null;
    back.hidden = !left;
    const named = [...remedy.options].some((option) => option.value === given.remedy);
    remedy.value = named ? given.remedy : "own";
    for (const name of data.limits.parts) {
      const text = name === "remedy" && named ? data.remedy : given[name];
      editors[name].write(text);
      editors[name].showC(c ? c[name] ?? "" : text.trim() ? null : "");
    }
    remedyBox.hidden = !own();
    loaded = texts();
    about.textContent = words;
    older();
  }

  function begin(name) {
    const starter = data.starters[name];
    put(starter, starter.c, starter.about);
    start.value = name;
    writeLink();
  }

  // A link is followed: its texts are put into the boxes, and no more.
  async function follow(link) {
    const given = await unpackedBench(link, data.limits);
    if (!given) return say("failed", "This link holds no bench: it is cut off or was changed.");
    cut();
    const [name, known] = Object.entries(data.starters).find(([, one]) => same(one, given)) ?? [];
    start.value = name ?? "";
    const foreign = "It came with a link. Nothing of it is run before you press the button.";
    put(given, known?.c ?? null, known?.about ?? foreign);
    say("ready", known ? `On the bench: ${known.title}.` : "On the bench: what came with the link.");
    root.scrollIntoView();
    tryIt.focus({ preventScroll: true });
  }

  function edited() {
    start.value = "";
    left = null;
    back.hidden = true;
    older();
    clearTimeout(rest);
    rest = setTimeout(() => {
      writeLink();
      look();
    }, REST_OF_EDIT_MS);
  }

  // What is said below is of other texts than those above.
  function older() {
    result.toggleAttribute("data-old", Boolean(checked) && !same(checked, texts()));
  }

  async function writeLink() {
    if (inSite) writeAddress({}, BENCH_PLACE + (await packedBench(texts())));
  }

  // Has the texts looked at while they are written, if an engine is there already.
  async function look() {
    if (!engine || root.dataset.state === "computing") return;
    const mine = ++looked;
    const found = [];
    await ask({ ask: "read", ...texts() }, (one) => found.push(one), () => {});
    if (mine !== looked) return;
    found.forEach(take);
  }

  // -- questions -----------------------------------------------------------------------------------

  // Resolves when all parts of the answer have come.
  async function ask(question, onPart, onProgress) {
    let reasons = [];
    const before = cuts;
    try {
      // Once there, it is not looked for again: it needs no network any more.
      if (!engine) ({ engine, reasons } = await firstThere(candidates));
      if (engine) return await engine.bench(question, onPart, onProgress);
    } catch (problem) {
      if (cuts !== before) return; // it was stopped, and nothing is the matter with the engine
      reasons.push(forReaders(problem));
      engine = null; // look again for one at the next question
    }
    const why = reasons.join(" ") || NO_ENGINE;
    onPart({ kind: "error", message: `This could not be computed here. ${why}` });
  }

  async function check() {
    if (root.dataset.state === "computing") cut();
    const mine = ++asked;
    const current = () => mine === asked;
    clearTimeout(rest);
    checked = texts();
    writeLink();
    result.replaceChildren();
    result.removeAttribute("data-old");
    file.hidden = true;
    busy(true);
    say("computing", TRYING);
    let ended = false;
    await ask(
      { ask: "check", ...checked },
      (one) => {
        if (!current()) return;
        ended ||= ["verdict", "wrong", "error"].includes(one.kind);
        if (one.kind === "wrong" || one.kind === "error") busy(false);
        take(one);
      },
      (...bytes) => current() && showProgress(...bytes),
    );
    if (!current()) return;
    busy(false);
    if (!ended) say("failed", "The check came to no end.");
  }

  // One part of an answer.
  function take(one) {
    if (one.kind === "read") {
      for (const name of data.limits.parts) {
        editors[name].mark(0);
        editors[name].showC(one.c[name] ?? (isBad(name) ? null : ""));
      }
    } else if (one.kind === "wrong") {
      editors[one.part].mark(one.line, one.message);
      if (root.dataset.state !== "computing") return;
      say("failed", `${PART_NAMES[one.part]}, line ${one.line}: ${asSentence(one.message)}`);
      editors[one.part].goTo(one.line);
    } else if (one.kind === "error") {
      if (root.dataset.state === "computing") say("failed", asSentence(one.message));
    } else if (one.kind === "begin") {
      progress.hidden = true;
      say("computing", TRYING);
      result.innerHTML = one.html; // Python made it, and escaped every text in it
    } else if (one.kind === "row") {
      const list = result.querySelector(`[data-section="${one.section}"]`);
      list.closest(".oom-check-part").hidden = false;
      list.insertAdjacentHTML("beforeend", one.html);
      if (!inSite) leaveKeysTo(list.lastElementChild);
    } else if (one.kind === "states") {
      count.textContent = `${one.states.toLocaleString("en")} states so far`;
    } else if (one.kind === "verdict") {
      result.querySelector(".oom-check-word").innerHTML = one.html;
      say("computed", `${result.querySelector(".oom-check-word h3").textContent}. ${one.sentence}`);
    }
  }

  const isBad = (name) => name !== "remedy" && Boolean(editors[name].read().trim());

  async function showStage(pressed) {
    const slot = pressed.nextElementSibling;
    const open = pressed.getAttribute("aria-expanded") === "true";
    pressed.setAttribute("aria-expanded", String(!open));
    slot.hidden = open;
    if (open || slot.firstChild) return;
    const schedule = JSON.parse(pressed.dataset.schedule);
    slot.textContent = "Drawing …";
    await ask(
      { ask: "stage", schedule, ...checked },
      (one) => {
        if (one.kind === "stage") {
          slot.innerHTML = withOwnIds(one.html, `${copy}-${++stages}`);
          machineOf(slot);
          if (!inSite) leaveKeysTo(slot);
        } else if (one.message) slot.textContent = asSentence(one.message);
      },
      () => {},
    );
  }

  async function copyLink() {
    const packed = await packedBench(texts());
    const link = new URL(BENCH_PLACE + packed, location.href).href;
    await copyOut(link, "The link is copied: it carries the whole bench.", "The link stands in the address bar.");
  }

  async function copyScenario() {
    busy(true);
    say("computing", "Writing the file …");
    const mine = ++asked;
    let text = "";
    await ask(
      { ask: "scenario", ...texts() },
      (one) => {
        if (mine !== asked) return;
        if (one.kind === "scenario") text = one.text;
        else take(one);
      },
      showProgress,
    );
    if (mine !== asked) return;
    busy(false);
    if (!text) return;
    file.hidden = false;
    file.querySelector("pre").textContent = text;
    await copyOut(text, "The file is copied, and stands below.", "The file stands below.");
    file.open = true;
  }

  // A page may not write to the clipboard everywhere.
  async function copyOut(text, done, instead) {
    try {
      await navigator.clipboard.writeText(text);
      say("ready", done);
    } catch {
      await writeLink();
      say("ready", instead);
    }
  }

  // -- how far it is -------------------------------------------------------------------------------

  function showProgress(done, total) {
    say("computing", `Loading the engine${engine?.size() && `, ${engine.size()}, once`} …`);
    progress.hidden = false;
    if (total) Object.assign(progress, { max: total, value: Math.min(done, total) });
    if (done >= total) {
      progress.removeAttribute("value"); // Python itself starts
    }
  }

  function busy(is) {
    const hadFocus = document.activeElement === stop;
    count.hidden = stop.hidden = !is;
    progress.hidden = true;
    progress.removeAttribute("value");
    if (is) count.textContent = "";
    if (hadFocus && !is) tryIt.focus(); // the button that had it is gone
  }

  function say(state, text) {
    root.dataset.state = state;
    if (status.textContent !== text) status.textContent = text;
  }

  function cut() {
    asked += 1;
    cuts += 1;
    engine?.cut();
    busy(false);
  }

  async function wakeEngine() {
    if (warm || navigator.connection?.saveData) return;
    warm = true;
    const { engine: found } = await firstThere(candidates);
    engine ??= found;
    found?.warm();
  }

  on(form, "submit", (event) => {
    event.preventDefault();
    check();
  });
  on(form, "keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    check();
  });
  on(form, "focusin", wakeEngine);
  on(start, "change", () => start.value && begin(start.value));
  on(remedy, "change", () => {
    remedyBox.hidden = !own();
    edited();
  });
  on(back, "click", () => {
    const mine = left;
    put(mine, null, "Your own text.");
    start.value = "";
    left = null;
    back.hidden = true;
    look();
  });
  on(stop, "click", () => {
    cut();
    say("stopped", "Stopped. What was found until then stands below.");
  });
  on(button("link"), "click", copyLink);
  on(button("scenario"), "click", copyScenario);
  on(result, "click", ({ target }) => {
    const pressed = target.closest("[data-schedule]");
    if (pressed) showStage(pressed);
  });
  on(document, "click", (event) => {
    const link = event.target.closest?.(`a[href^="${BENCH_PLACE}"]`);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const hash = link.getAttribute("href");
    if (inSite) history.pushState(null, "", hash);
    follow(hash.slice(BENCH_PLACE.length));
  });
  const followAddress = () => {
    if (location.hash.startsWith(BENCH_PLACE)) follow(location.hash.slice(BENCH_PLACE.length));
  };
  if (inSite) on(window, "hashchange", followAddress);

  root.querySelector("fieldset").disabled = false;
  root.dataset.ready = "";
  const first = data.starters[data.first];
  put(first, first.c, first.about);
  start.value = data.first;
  if (inSite) followAddress();

  return () => {
    asked += 1;
    looked += 1;
    clearTimeout(rest);
    ends.abort();
    candidates.forEach((candidate) => candidate.stop());
  };
}

const PART_NAMES = { callback: "Callback", holder: "Other routine", remedy: "Remedy" };
