// Brings a panel to life. The markup (markup.py) already holds the controls, the first picture and,
// as JSON, everything that is stored; here the controls are read and what belongs to them is shown.
// A static page mounts panels with mount.js, JupyterLab through anywidget: see scripts.py.

const PAUSE_MS = 200; // a control must rest so long before an engine is loaded for it
const SLOW_MS = 1000; // our choice: what comes sooner needs no word beside the picture, which is dimmed
const SETTLED_MS = 400; // the address is written no more often: browsers refuse one that changes all the time

const renderPanel = ({ model, el }) => attach(rendered(model, el), model);

// `model` is the widget's model where a kernel may be behind it, and absent in a static page.
// Returns a function that stops the panel.
function attach(root, model = null, inPage = false) {
  const copy = nextCopy();
  makeIdsUnique(root, copy);
  const data = JSON.parse(root.querySelector(":scope > script[type='application/json']").textContent);
  const part = (name) => root.querySelector(`.oom-${name}`);
  const [form, body] = ["form", "body"].map(part);
  const controls = data.controls.map((spec) => control(spec, form));
  const picture = stage(root, copy, data.grid.sentences, () => moved());
  const candidates = engines(model, copy);
  const letGo = bringHandsToLife(root, data.controls, controls, form);
  const foot = panelFoot(root);

  let engine = null; // the one that answered last
  let asked = 0; // number of the newest move: answers to older ones are not shown
  let next = null; // the newest move that no engine has been given yet
  let running = false;
  let pause = 0;
  let slow = 0; // until an answer is said to take its time
  let settled = 0; // until the address is written
  let written = -Infinity; // when it was
  const current = () => controls.map((one) => one.read());
  let shownFor = current();

  const named = (values) => Object.fromEntries(controls.map((one, i) => [one.name, values[i]]));
  const inWords = (values) => controls.map((one, i) => `${one.label}: ${one.words(values[i])}`).join("; ");

  function update() {
    const values = current();
    controls.forEach((one) => one.tell());
    asked += 1;
    next = null;
    clearTimeout(pause);
    clearTimeout(slow);
    if (model) {
      model.set("values", named(values));
      model.save_changes();
    }
    const hit = storedAnswer(data, values);
    foot.clear(!hit);
    if (hit) return show(hit, values, "stored", "stored result");
    const move = { number: asked, values };
    const ask = () => {
      next = move;
      work();
    };
    root.dataset.state = "computing"; // the picture is marked as old at once, the words wait
    slow = setTimeout(() => asked === move.number && foot.computing(""), SLOW_MS);
    if (engine) ask(); // it answers in a few milliseconds: the picture follows the hand
    else pause = setTimeout(ask, PAUSE_MS);
  }

  // One question at a time; of the moves made meanwhile only the newest is asked next.
  async function work() {
    if (running) return;
    running = true;
    while (next) {
      const move = next;
      next = null;
      const answer = await compute(move);
      if (!answer) continue; // the hand has moved on, or the reader waits no longer
      // While the hand still moves, the picture follows it, without a word.
      if (move.number !== asked) {
        if (!answer.error && root.dataset.state === "computing") picture.show(answer);
        continue;
      }
      clearTimeout(slow);
      foot.clear();
      show(answer, move.values, "computed", engine?.done);
      if (answer.unavailable) offer(move.values);
    }
    running = false;
  }

  async function compute({ number, values }) {
    let reasons = [];
    try {
      if (!engine) ({ engine, reasons } = await firstThere(candidates));
      if (number !== asked) return null;
      const { size } = engine ?? {};
      const tell = (...bytes) => root.dataset.state === "computing" && foot.computing(size(), bytes);
      if (engine) return await engine.ask(data, named(values), tell);
    } catch (problem) {
      reasons.push(forReaders(problem));
      engine = null; // look again for one at the next move
    }
    const why = reasons.join(" ") || NO_ENGINE;
    return { error: `This result is not stored, and it could not be computed. ${why}`, unavailable: true };
  }

  function show(answer, values, state, note) {
    if (answer.error) return fail(asSentence(answer.error));
    picture.show(answer);
    shownFor = values;
    foot.say(state, note);
  }

  const fail = (why) => foot.say("failed", `${why} Picture and text still show ${inWords(shownFor)}.`);

  // The reader waits no longer.
  function stop() {
    const values = current();
    asked += 1;
    next = null;
    clearTimeout(pause);
    clearTimeout(slow);
    (engine ?? candidates.at(-1))?.cut();
    foot.clear();
    fail("Stopped.");
    offer(values);
    foot.retry.focus(); // the button that had it is gone
  }

  // Where nothing could be computed: once more, or what is stored next to it.
  function offer(values) {
    const target = data.controls.map((spec, i) => nearestStored(spec, values[i]));
    const first = () => controls.find((one, i) => target[i] !== values[i]);
    foot.offer(`Show the nearest stored result (${inWords(target)})`, () => {
      controls.forEach((one, i) => one.write(target[i]));
      first().focus();
      update();
    });
    foot.retry.onclick = () => {
      first().focus();
      update();
    };
  }

  function takeValues() {
    const values = model.get("values");
    if (controls.every((one) => one.read() === values[one.name])) return; // our own echo
    controls.forEach((one) => one.write(values[one.name]));
    update();
  }

  // Whoever comes near a control that can ask for more than is stored gets the engine beforehand.
  async function warm() {
    for (const kind of ["pointerenter", "focusin"]) form.removeEventListener(kind, warm);
    const saves = navigator.connection?.saveData;
    if (saves || !controls.some((one) => one.sparse)) return;
    (await firstThere(candidates)).engine?.warm();
  }

  // Back from another page: some browsers set fields to what they were at first.
  const back = ({ persisted }) => {
    if (!persisted) return;
    controls.forEach((one, i) => one.write(shownFor[i]));
    update();
  };

  // Somebody beside the panel, such as a map of runs, asks for these values.
  root.addEventListener("oom-show", ({ detail }) => {
    const wanted = controls.filter((one) => one.name in detail.values);
    const all = wanted.length === Object.keys(detail.values).length;
    if (!all || !wanted.every((one) => one.takes?.(detail.values[one.name]))) return;
    wanted.forEach((one) => one.write(detail.values[one.name]));
    update();
    detail.shown = root;
  });

  // -- the address ---------------------------------------------------------------------------------

  const place = `#${root.id}`;
  // What an address says of this panel; of one whose question is open, it is only where it is.
  function said() {
    if (body.hidden) return { v: null, at: null };
    return { v: controls.length ? asAddress(controls, current()) : null, at: picture.cursor() };
  }

  function moved() {
    if (!inPage || !root.id || settled) return;
    const wait = written + SETTLED_MS - performance.now();
    if (wait > 0) settled = setTimeout(write, wait);
    else write();
  }

  function write() {
    settled = 0;
    written = performance.now();
    writeAddress(said(), place);
  }

  function leave() {
    if (!settled) return;
    clearTimeout(settled);
    settled = 0;
    leaveAddress(said(), place);
  }

  async function copyLink() {
    const link = new URL(addressWith({ play: null, ...said() }, place), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      foot.note("The link is copied.");
    } catch {
      writeAddress(said(), place); // a page may not write to the clipboard everywhere
      foot.note("The link stands in the address bar.");
    }
  }

  // Whoever follows a link has not come to be asked: shows what it tells of, and says what not.
  function follow() {
    const [v, at] = ["v", "at"].map(inAddress);
    if (!inPage || location.hash !== place || (v ?? at) === null) return;
    const { values, strange } = valuesIn(controls, v ?? "");
    for (const one of controls) if (values.has(one.name)) one.write(values.get(one.name));
    if (strange.length) foot.note(`The link was followed, but for what is not known here: ${strange.join(", ")}.`);
    update();
    if (at !== null && !picture.go(at)) foot.note("The link was followed, but not to its moment.");
    prediction?.reveal();
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    if (type === "navigate") root.scrollIntoView(); // else the browser knows where the reader was
  }

  for (const kind of ["pointerenter", "focusin"]) form.addEventListener(kind, warm);
  addEventListener("pageshow", back);
  addEventListener("pagehide", leave);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    update();
    moved();
  });
  foot.stop.addEventListener("click", stop);
  part("controls").disabled = false;
  const prediction = askPrediction(root, inPage);
  model?.on("change:values", takeValues);
  if (model) controls.forEach((one) => one.write(model.get("values")[one.name]));
  if (inPage && root.id) part("link").addEventListener("click", copyLink);
  else part("link").hidden = true;
  const leaveScreen = bringFullScreen(root, part("screen"));
  root.dataset.ready = "";
  update();
  follow();

  return () => {
    asked += 1;
    next = null;
    for (const timer of [pause, slow, settled]) clearTimeout(timer);
    removeEventListener("pageshow", back);
    removeEventListener("pagehide", leave);
    leaveScreen();
    picture.stop();
    letGo();
    model?.off("change:values", takeValues);
    candidates.forEach((candidate) => candidate.stop());
  };
}
