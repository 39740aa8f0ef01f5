// The picture of a game: lanes that grow with each move, above the stage of the board (machine.js),
// which has a frame for every node. It remembers nothing: all it draws is in the path.

const COLUMNS = 7.5; // as many moves have room before the lanes have to close up
const NOW = 0.5; // how it stands reaches so much further than the last move

// `look(k)`: the reader wants to see how it was after move k; `choose(task)`: that a task moves.
function gamePicture(root, board, { look, choose }) {
  root.querySelector(".oom-m-moves")?.remove(); // a game has a cursor of its own
  const machine = machineOf(root);
  const { data } = machine;
  const one = (name) => root.querySelector(name);
  const [lanes, signs, cursor] = [".oom-m-lanes", ".oom-m-signs", ".oom-g-cursor"].map(one);
  const rows = [...root.querySelectorAll(".oom-m-lane")];
  const hands = rows.map((row) => row.querySelector(".oom-g-hand"));
  const faces = JSON.parse(root.dataset.faces);
  let columns = COLUMNS;
  let moves = 0;

  // `fresh`: the last move has just been made, and is seen to happen.
  function show(path, at, decided, fresh) {
    const nodes = [0, ...path.map(({ target }) => target)];
    const frames = nodes.map((node) => data.frames[node]);
    moves = path.length;
    columns = Math.max(COLUMNS, moves + NOW);
    const share = (count) => `${(100 * count) / columns}%`;
    const bar = (name, from, to, text) => {
      const found = document.createElement("i");
      found.className = name;
      found.style.left = share(from);
      found.style.width = share(to - from);
      if (text) found.append(Object.assign(document.createElement("b"), { textContent: text }));
      return found;
    };
    rows.forEach((row, task) => {
      const bars = runsOf(frames, path, task).map(({ state, from, to }) =>
        bar(`oom-s-${state}`, from, to, to - from > 1.2 ? WORDS[state] : ""),
      );
      if (fresh && path.at(-1).task === task) bars.findLast(({ className }) => className === "oom-s-runs").dataset.fresh = "";
      row.querySelector(".oom-m-bars").replaceChildren(...bars);
      row.querySelector(".oom-g-rails").replaceChildren(
        ...data.things.flatMap((thing, number) => {
          const held = heldBy(frames, number, task);
          if (!data.locks[number] || !held.length) return [];
          const rail = document.createElement("div");
          rail.className = "oom-m-rail";
          rail.dataset.thing = thing;
          rail.append(...held.map(([from, to]) => bar(`oom-k-${faces[thing]}`, from, to + (to === moves ? NOW : 0), thing)));
          return [rail];
        }),
      );
      // Who only answers, and was not asked, is out of the way.
      const { status } = board.part(nodes[at], task);
      row.hidden = status === "idle" && path.every((move) => move.task !== task);
    });
    const late = decided <= moves;
    signs.replaceChildren();
    if (late) {
      const sign = bar("", decided, decided, "too late from here");
      sign.dataset.sign = "decided";
      if (decided > columns / 2) sign.className = "oom-m-left";
      signs.append(sign);
    }
    cursor.max = moves;
    cursor.value = at;
    cursor.disabled = !moves;
    cursor.style.width = share(Math.max(moves, 1));
    cursor.setAttribute("aria-valuetext", at ? `${at}: ${path[at - 1].told}` : "before the first move");
    aside(frames[at]);
    machine.apply({
      ...frames[at],
      x: (100 * (at === moves && moves ? moves + NOW : at)) / columns,
      w: at ? `Move ${at}.` : "",
      // Of the first moment, too: where there is room for one listing, it is that of the mover.
      m: at ? path[at - 1].task : frames[0].c.findIndex(([listing]) => listing >= 0),
      s: one(".oom-m-sentence").textContent, // what is said is the game's
    });
  }

  // Who has what a task waits for at a node.
  function holder(node, task) {
    const { t, h } = data.frames[node];
    return data.tasks[h[t[task][1]]?.[0]] ?? "";
  }

  // Who only answers, and what is answered, are in the graph while somebody waits for that.
  function aside(frame) {
    const asked = (thing) => frame.t.some(([, on]) => on === thing);
    for (const what of root.querySelectorAll(".oom-m-what")) {
      const thing = Number(what.dataset.what);
      what.style.visibility = data.locks[thing] || asked(thing) ? "" : "hidden";
    }
    for (const who of root.querySelectorAll(".oom-m-who")) {
      const task = Number(who.dataset.who);
      const needed = frame.h.some((holders, thing) => holders.includes(task) && asked(thing));
      who.style.visibility = rows[task].hidden && !needed ? "hidden" : "";
    }
  }

  cursor.addEventListener("input", () => look(Number(cursor.value)));
  for (const [task, hand] of hands.entries()) hand.addEventListener("click", () => choose(task));
  for (const who of root.querySelectorAll(".oom-m-who")) {
    who.addEventListener("click", () => choose(Number(who.dataset.who)));
  }
  // The cursor is dragged on the lanes, too.
  let dragged = false;
  const follow = ({ clientX }) => {
    const { left, width } = lanes.getBoundingClientRect();
    const k = Math.round(((clientX - left) / width) * columns);
    look(Math.max(0, Math.min(moves, k)));
  };
  lanes.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("button") || !moves) return;
    dragged = true;
    lanes.setPointerCapture(event.pointerId);
    follow(event);
  });
  lanes.addEventListener("pointermove", (event) => dragged && follow(event));
  for (const end of ["pointerup", "pointercancel"]) lanes.addEventListener(end, () => (dragged = false));

  return { show, hands, status: one(".oom-m-sentence"), holder };
}

const WORDS = { runs: "", blocked: "waits for a lock", waits: "waits", done: "done", idle: "" };

// What a task did: a piece for each move of its own, and one for each stretch between.
function runsOf(frames, path, task) {
  const found = [];
  path.forEach((move, k) => {
    const state = move.task === task ? "runs" : resting(frames[k + 1].t[task][0]);
    const last = found.at(-1);
    if (last?.state === state && state !== "runs") last.to = k + 1;
    else found.push({ state, from: k, to: k + 1 });
  });
  const state = resting(frames.at(-1).t[task][0]);
  const last = found.at(-1);
  if (last?.state === state) last.to = path.length + NOW;
  else if (path.length) found.push({ state, from: path.length, to: path.length + NOW });
  return found;
}

// Who could run and does not is drawn as a thin line.
const resting = (state) => (state === "runs" ? "idle" : state);

// From when to when a task has a lock: [from, to] in moves.
function heldBy(frames, thing, task) {
  const found = [];
  frames.forEach((frame, k) => {
    if (!k || !frame.h[thing].includes(task)) return;
    if (found.at(-1)?.[1] === k - 1) found.at(-1)[1] = k;
    else found.push([k - 1, k]);
  });
  return found;
}
