// A problem set as a page: a student writes into its cells, and its checks run in the page.
// What is written is kept on the device, under the set's name.

const SETS = "oomlab.sets"; // where: {set: {cell: text}}
const INDENT = "    ";

// `root` is the bar below the cells of a set, which all stand in the same document.
function attachSet(root) {
  const { set, notebook } = root.dataset;
  const status = root.querySelector(".oom-kept");
  const stored = keptSets()[set] ?? {};
  const engine = setEngine(siteBase());
  const cells = [...document.querySelectorAll(".oom-cell")].map(cellOf);
  let running = false;

  function cellOf(box) {
    const { cell: name, kind, points } = box.dataset;
    const field = box.querySelector("textarea");
    const data = box.querySelector("script");
    const stub = field ? field.value : JSON.parse(data.textContent);
    const one = {
      box, name, kind, field, stub,
      most: Number(points ?? 0),
      points: null, // given by the last check of what stands there now
      ran: null, // the text that this page's Python has run
      get text() {
        return field ? field.value : stub;
      },
    };
    if (!field) return one;
    if (typeof stored[name] === "string") field.value = stored[name];
    grow(field);
    field.addEventListener("input", () => {
      grow(field);
      keep(one);
      forget(one);
    });
    if (kind !== "written") field.addEventListener("keydown", (event) => typed(event, one));
    return one;
  }

  function keep({ name, text, stub }) {
    const mine = { ...keptSets()[set], [name]: text === stub ? undefined : text };
    say(keepSets({ ...keptSets(), [set]: mine })
      ? "Your answers are kept on this device."
      : "This browser keeps nothing: save your answers as a notebook before you leave.");
  }

  // What the next check said of another text is no longer true.
  function forget(changed) {
    const at = cells.indexOf(changed);
    const from = changed.name === "number" ? cells : [checkOf(at)];
    for (const one of from) if (one?.kind === "check" && one.points !== null) stale(one);
    showPoints();
  }

  function stale(one) {
    one.points = null;
    one.box.dataset.stale = "";
    tell(one, "Changed since: check it again.");
  }

  const checkOf = (at) => cells.slice(at + 1).find(({ kind }) => kind === "check" || kind === "answer");

  function typed(event, one) {
    const { field } = one;
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      event.preventDefault();
      const next = checkOf(cells.indexOf(one));
      run(next?.kind === "check" && !event.shiftKey ? next : one);
    } else {
      const line = field.value.slice(0, field.selectionStart).split("\n").at(-1);
      const indent = /^ */.exec(line)[0] + (/:\s*$/.test(line) ? INDENT : "");
      if (!indent) return;
      event.preventDefault();
      document.execCommand("insertText", false, `\n${indent}`); // so that it can be undone
    }
  }

  // Runs a cell, and before it what it needs: all above that has not been run as it stands now.
  async function run(target) {
    if (running) return;
    busy(target, true);
    tell(target, "Running …");
    try {
      let changed = false;
      for (const one of cells.slice(0, cells.indexOf(target))) {
        if (one.kind !== "given" && one.kind !== "answer") continue;
        if (!changed && one.ran === one.text) continue;
        changed = true;
        await runOne(one, target);
      }
      await runOne(target, target);
    } catch (problem) {
      for (const one of cells) one.ran = null;
      tell(target, forReaders(problem));
      target.box.dataset.state = "failed";
    }
    busy(target, false);
    showPoints();
  }

  async function runOne(one, target) {
    const text = one.text;
    const question = { cell: text, name: `${set}/${one.name}`, graded: one.kind === "check" };
    const loading = () => tell(target, `Loading Python${siteSize() && `, ${siteSize()}, once`} …`);
    const answer = await engine.run(question, loading, () => tell(target, "Running …"));
    one.ran = text;
    delete one.box.dataset.stale;
    one.box.dataset.state = answer.error ? "error" : "done";
    showRun(one.box.querySelector(".oom-out"), answer);
    if (one.kind === "check") one.points = answer.error ? null : answer.points;
    tell(one, answer.error ? "It ended in an error." : one.kind === "check" ? "Checked." : "Done.");
  }

  function showPoints() {
    const checked = cells.filter(({ points }) => points !== null);
    const sum = (numbers) => Math.round(100 * numbers.reduce((one, other) => one + other, 0)) / 100;
    root.querySelector(".oom-points").textContent = checked.length
      ? `Checked so far: ${sum(checked.map(({ points }) => points))} of ` +
        `${sum(checked.map(({ most }) => most))} points.`
      : "";
  }

  function busy(target, is) {
    running = is;
    const stop = target.box.querySelector("[data-do=stop]");
    const had = document.activeElement === stop;
    stop.hidden = !is;
    for (const button of document.querySelectorAll(".oom-cell [data-do=run]")) {
      button.setAttribute("aria-disabled", String(is)); // keeps the focus, which `disabled` would not
    }
    if (had && !is) target.box.querySelector("[data-do=run]").focus();
    if (is) target.box.dataset.state = "computing";
  }

  function tell({ box }, text) {
    const place = box.querySelector("[role=status]");
    if (place && place.textContent !== text) place.textContent = text;
  }

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  async function save() {
    try {
      const answer = await fetch(new URL(notebook, document.baseURI));
      if (!answer.ok) throw new Told(`The notebook is missing on this site (${answer.status}).`);
      const made = await answer.json();
      const written = cells.filter(({ text, stub }) => text !== stub);
      const texts = new Map(written.map(({ name, text }) => [name, text]));
      for (const cell of made.cells) if (texts.has(cell.id)) cell.source = texts.get(cell.id);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([`${JSON.stringify(made, null, 1)}\n`]));
      link.download = `${set}.ipynb`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      say(`Saved as ${set}.ipynb: that is what to hand in.`);
    } catch (problem) {
      say(forReaders(problem));
    }
  }

  function forgetAll() {
    if (running) return;
    if (!confirm("Forget all that you have written in this set?")) return;
    keepSets({ ...keptSets(), [set]: undefined });
    engine.stop();
    for (const one of cells) {
      one.ran = one.points = null;
      delete one.box.dataset.state;
      if (!one.field) continue;
      one.field.value = one.stub;
      grow(one.field);
    }
    for (const { box, kind } of cells) {
      if (kind === "check" || kind === "answer") box.querySelector(".oom-out")?.replaceChildren();
      tell({ box }, "");
    }
    showPoints();
    say("Forgotten.");
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-do]");
    const one = button && cells.find(({ box }) => box.contains(button));
    if (one && button.dataset.do === "run") run(one);
    if (one && button.dataset.do === "stop") engine.stop();
    if (button?.dataset.do === "save") save();
    if (button?.dataset.do === "forget") forgetAll();
  });
  for (const one of document.querySelectorAll(".oom-cell button, .oom-problem-set button")) one.disabled = false;
  if (Object.keys(stored).length) say("Your answers are as you left them on this device.");
  root.dataset.ready = "";
}

const grow = (field) => (field.rows = Math.max(2, field.value.split("\n").length));

// Text as text. A picture is made by oomlab's own figures; the page's policy runs no script in it.
function showRun(place, { parts, error }) {
  const made = parts.map(([kind, text]) => {
    const element = document.createElement(kind === "svg" ? "div" : "pre");
    if (kind === "svg") {
      element.className = "oom-picture";
      element.innerHTML = text;
    } else element.textContent = text.replace(/\n$/, "");
    return element;
  });
  if (error) {
    const last = document.createElement("pre");
    last.className = "oom-error";
    last.textContent = error;
    made.push(last);
  }
  place.replaceChildren(...made);
}

function keptSets() {
  try {
    return JSON.parse(localStorage.getItem(SETS)) ?? {};
  } catch {
    return {}; // forbidden here, or no longer readable
  }
}

// Returns whether this browser keeps them.
function keepSets(sets) {
  try {
    localStorage.setItem(SETS, JSON.stringify(sets));
    return true;
  } catch {
    return false;
  }
}
