// Brings a panel to life. The markup (markup.py) already holds the controls, the first picture and,
// as JSON, everything that is stored; here the controls are read and what belongs to them is shown.
// A static page mounts panels with mount.js, JupyterLab through anywidget: see scripts.py.

const PAUSE_MS = 200; // a control must rest so long before anything is computed

const renderPanel = ({ model, el }) => attach(rendered(model, el), model);

// `model` is the widget's model where a kernel may be behind it, and absent in a static page.
// Returns a function that stops the panel.
function attach(root, model = null) {
  const copy = nextCopy();
  makeIdsUnique(root, copy);
  const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  const part = (name) => root.querySelector(`.oom-${name}`);
  const [form, status, progress, nearest] = ["form", "status", "progress", "nearest"].map(part);
  const controls = data.controls.map((spec) => control(spec, form));
  const picture = stage(root, copy, data.grid.sentences);
  const candidates = engines(model, copy);

  let engine = null; // the one that answered last
  let asked = 0; // number of the newest move: answers to older ones are not shown
  let next = null; // the newest move that no engine has been given yet
  let running = false;
  let pause = 0;
  let shownFor = controls.map((one) => one.read());

  const named = (values) => Object.fromEntries(controls.map((one, i) => [one.name, values[i]]));
  const inWords = (values) => controls.map((one, i) => `${one.label}: ${one.words(values[i])}`).join("; ");

  function update() {
    const values = controls.map((one) => one.read());
    controls.forEach((one) => one.tell());
    asked += 1;
    next = null;
    clearTimeout(pause);
    nearest.hidden = true;
    progress.hidden = true;
    if (model) {
      model.set("values", named(values));
      model.save_changes();
    }
    const hit = storedAnswer(data, values);
    if (hit) {
      show(hit, values, "stored", "stored result");
      return;
    }
    say("computing", "computing …");
    const move = { number: asked, values };
    pause = setTimeout(() => {
      next = move;
      work();
    }, PAUSE_MS);
  }

  // One question at a time; of the moves made meanwhile only the newest is asked next.
  async function work() {
    if (running) return;
    running = true;
    while (next) {
      const move = next;
      next = null;
      const answer = await compute(move.values);
      if (move.number !== asked) continue;
      progress.hidden = true;
      show(answer, move.values, "computed", engine?.done);
      if (answer.unavailable) offerNearest(move.values);
    }
    running = false;
  }

  async function compute(values) {
    let reasons = [];
    try {
      if (!engine) ({ engine, reasons } = await firstThere(candidates));
      if (engine) return await engine.ask(data, named(values), showProgress);
    } catch (problem) {
      reasons.push(forReaders(problem));
      engine = null; // look again for one at the next move
    }
    const why = reasons.join(" ") || NO_ENGINE;
    return { error: `This result is not stored, and it could not be computed. ${why}`, unavailable: true };
  }

  function show(answer, values, state, note) {
    if (answer.error) {
      say("failed", `${asSentence(answer.error)} Picture and text still show ${inWords(shownFor)}.`);
      return;
    }
    picture.show(answer);
    shownFor = values;
    say(state, note);
  }

  function say(state, text) {
    root.dataset.state = state;
    if (status.textContent !== text) status.textContent = text; // a live region: only what is new
  }

  function showProgress(loaded, total) {
    if (root.dataset.state !== "computing") return;
    say("computing", "computing … (loading the engine, about 6 MB, once)");
    progress.hidden = false;
    if (total) Object.assign(progress, { max: total, value: Math.min(loaded, total) });
  }

  function offerNearest(values) {
    const target = data.controls.map((spec, i) => nearestStored(spec, values[i]));
    nearest.textContent = `Show the nearest stored result (${inWords(target)})`;
    nearest.hidden = false;
    nearest.onclick = () => {
      controls.forEach((one, i) => one.write(target[i]));
      controls.find((one, i) => target[i] !== values[i]).focus();
      update();
    };
  }

  function takeValues() {
    const values = model.get("values");
    if (controls.every((one) => one.read() === values[one.name])) return; // our own echo
    controls.forEach((one) => one.write(values[one.name]));
    update();
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", update);
  part("controls").disabled = false;
  askPrediction(root);
  model?.on("change:values", takeValues);
  if (model) controls.forEach((one) => one.write(model.get("values")[one.name]));
  root.dataset.ready = "";
  update();

  return () => {
    asked += 1;
    next = null;
    clearTimeout(pause);
    picture.stop();
    model?.off("change:values", takeValues);
    candidates.forEach((candidate) => candidate.stop());
  };
}
