// Brings a stage (oomlab/figures/stage) to life: puts the frames of its other moments onto the
// elements that Python has drawn. It decides nothing: what there is to show stands in the frames.

// `root`: an .oom-machine. Returns { data, apply(frame), show(number), at(), onmove, stop }, or null
// if there is no stage in it.
function machineOf(root) {
  const wanted = ".oom-machine:not(.oom-m-still)";
  const machine = root?.matches(wanted) ? root : root?.querySelector(wanted);
  if (!machine) return null;
  const data = JSON.parse(machine.querySelector(".oom-m-data").textContent);
  const one = (name) => machine.querySelector(`.oom-m-${name}`);
  const all = (name) => [...machine.querySelectorAll(name)];
  const [cursor, veil, when, sentence, moves, lanes] =
    ["cursor", "veil", "when", "sentence", "moves", "lanes"].map(one);
  const slider = moves?.querySelector("input");
  const told = moves?.querySelector("output");
  const play = machine.querySelector("[data-go='play']");
  const last = data.frames.length - 1;
  const me = { data, apply, show, at: () => at, onmove: () => {}, stop: () => pause() };
  let at = data.at;
  let beat = 0;

  const mark = (element, name, on, value = "") =>
    on ? element.setAttribute(`data-${name}`, value) : element.removeAttribute(`data-${name}`);

  // Which edges belong to the circle: "name→name".
  function round(frame) {
    return new Set(frame.o.map((name, i) => `${name}\n${frame.o[(i + 1) % frame.o.length]}`));
  }

  function apply(frame) {
    const circle = round(frame);
    const around = new Set(frame.o);
    const wanted = (thing) => frame.t.some(([, on]) => on === thing);
    for (const edge of all(".oom-m-edge")) {
      const [way, a, b] = edge.dataset.edge.split("-");
      const [from, to] = [Number(a), Number(b)];
      const waits = way === "w";
      const names = waits ? [data.tasks[from], data.things[to]] : [data.things[from], data.tasks[to]];
      const on = waits
        ? frame.t[from][1] === to
        : frame.h[from].includes(to) && (data.locks[from] || wanted(from));
      if (waits) edge.dataset.kind = frame.t[from][0];
      mark(edge, "on", on);
      mark(edge, "closed", circle.has(names.join("\n")));
    }
    for (const node of all(".oom-m-who")) {
      node.dataset.state = frame.t[node.dataset.who][0];
      mark(node, "closed", around.has(node.dataset.thing));
    }
    for (const node of all(".oom-m-what")) mark(node, "closed", around.has(node.dataset.thing));
    for (const token of all(".oom-m-token")) {
      const [thing, task] = token.dataset.hold.split("-").map(Number);
      const held = frame.h[thing].includes(task);
      const [x, y] = token.dataset[held ? "away" : "home"].split(" ");
      token.style.transform = `translate(${x}px,${y}px)`;
      mark(token, "on", held);
    }
    fill(frame);
    for (const column of all(".oom-m-prog")) {
      const task = Number(column.dataset.task);
      const [listing, line, path] = frame.c[task];
      column.querySelector(".oom-m-path").textContent = path;
      column.querySelector(".oom-m-none").hidden = listing >= 0 || !path;
      mark(column, "moved", frame.m === task);
      column.dataset.state = frame.t[task][0];
      for (const list of column.querySelectorAll(".oom-m-list")) {
        const here = Number(list.dataset.list) === listing;
        list.hidden = !here;
        list.querySelectorAll("li").forEach((row, i) => mark(row, "now", here && i === line));
      }
    }
    when.textContent = frame.w;
    if (sentence.textContent !== frame.s) sentence.textContent = frame.s;
    if (cursor) cursor.style.left = `${frame.x.toFixed(2)}%`;
    if (veil) veil.style.left = `${frame.x.toFixed(2)}%`;
  }

  function fill(frame) {
    const total = Math.max(frame.p.reduce((sum, pages) => sum + pages, 0), 1);
    let left = 0;
    frame.p.forEach((pages, pool) => {
      const part = machine.querySelector(`.oom-m-level [data-pool="${pool}"]`);
      if (!part) return;
      part.style.left = `${left.toFixed(2)}%`;
      part.style.width = `${((100 * pages) / total).toFixed(2)}%`;
      left += (100 * pages) / total;
      machine.querySelector(`[data-pages="${pool}"]`).textContent = pages;
    });
  }

  function show(number) {
    at = Math.max(0, Math.min(last, number));
    apply(data.frames[at]);
    slider.value = at;
    told.textContent = `${at} of ${last}`;
    slider.setAttribute("aria-valuetext", told.textContent);
    for (const button of all("[data-go]")) {
      if (button !== play) button.setAttribute("aria-disabled", String(target(button) < 0));
    }
    me.onmove(at);
  }

  const ahead = (wanted) => data.frames.findIndex((frame, i) => i > at && wanted(frame, i));

  // Where a button leads; -1 for nowhere.
  function target(button) {
    switch (button.dataset.go) {
      case "first":
        return at > 0 ? 0 : -1;
      case "back":
        return at - 1;
      case "forward":
        return at < last ? at + 1 : -1;
      case "last":
        return at < last ? last : -1;
      case "matters":
        return ahead((frame) => frame.k);
      default:
        return ahead((frame) => frame.m === Number(button.dataset.task));
    }
  }

  function pause() {
    if (!beat) return;
    clearInterval(beat);
    beat = 0;
    play.textContent = "Play";
    sentence.setAttribute("aria-live", "polite");
  }

  function start() {
    if (at === last) show(0);
    play.textContent = "Pause";
    sentence.setAttribute("aria-live", "off"); // sentences would pile up in a screen reader
    beat = setInterval(() => {
      if (!machine.isConnected || document.hidden) return pause();
      if (at < last) show(at + 1);
      if (at === last) pause();
    }, MACHINE_BEAT_MS);
  }

  machine.addEventListener("click", ({ target: clicked }) => {
    const button = clicked.closest("[data-go]");
    if (!button) return;
    if (button === play) return beat ? pause() : start();
    pause();
    const step = target(button);
    if (step >= 0) show(step);
  });
  slider?.addEventListener("input", (event) => {
    event.stopPropagation(); // it is no control of the panel
    pause();
    show(slider.valueAsNumber);
  });
  machine.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("select, textarea")) return;
    if (/^[1-9]$/.test(event.key)) {
      const button = machine.querySelector(`[data-go="task"][data-task="${event.key - 1}"]`);
      if (!button || button.disabled) return;
      event.preventDefault();
      return button.click();
    }
    if (!slider || event.target === slider || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    pause();
    show(at + (event.key === "ArrowRight" ? 1 : -1));
  });

  if (slider) {
    moves.hidden = false;
    for (const button of all("[data-go='task']")) button.disabled = false;
    const places = data.frames.map((frame) => frame.x);
    const begins = ({ target: pressed }) => !pressed.closest("button");
    followHand(lanes, places, begins, (number) => {
      pause();
      if (number !== at) show(number);
    });
    show(at);
  }
  return me;
}

// The hand is dragged along the lanes, if it `begins` to: `pick` gets the number of the nearest of `places`, which
// are in per cent; of several at one place, the last.
function followHand(lanes, places, begins, pick) {
  let dragged = false;
  const follow = ({ clientX }) => {
    const box = lanes.getBoundingClientRect();
    const x = (100 * (clientX - box.left)) / box.width;
    let best = 0;
    places.forEach((place, i) => {
      if (Math.abs(place - x) <= Math.abs(places[best] - x)) best = i;
    });
    pick(best);
  };
  lanes.addEventListener("pointerdown", (event) => {
    if (event.button || !begins(event)) return;
    dragged = true;
    lanes.setPointerCapture(event.pointerId);
    follow(event);
  });
  lanes.addEventListener("pointermove", (event) => dragged && follow(event));
  for (const end of ["pointerup", "pointercancel"]) lanes.addEventListener(end, () => (dragged = false));
}

const MACHINE_BEAT_MS = 1200; // our choice: long enough to read one sentence
