// The scheduler game: the reader chooses who moves. The board (game_board.py) knows every state
// and every move; here they are only looked up, and put on the page as text.

const [OPEN, GOAL, ENDED, LOST] = [0, 1, 2, 3]; // what a state is, as game_board.py numbers it

const renderGame = ({ model, el }) => attachGame(rendered(model, el), false);

// One machine, unpacked: `moves[i]` are the moves of state i, `away[i]` how many moves the goal is
// away from it.
function unpack(board) {
  const width = 2 + board.tasks.length;
  const moves = [];
  const late = new Set(board.late);
  let edge = 0;
  board.moves.forEach((count, state) => {
    moves.push([]);
    for (const end = edge + count; edge < end; edge++) {
      moves[state].push({
        task: board.task[edge],
        target: state + board.ahead[edge],
        outcome: board.outcome[edge] ?? 0,
        steps: board.steps[edge] ?? 1,
        late: late.has(edge), // a time limit that runs out
      });
    }
  });
  const kind = (state) => board.states[state * width];
  return {
    board,
    moves,
    kind,
    away: distances(moves, kind),
    held: (state) => board.held[board.states[state * width + 1]],
    says: (state, task) => board.says[board.states[state * width + 2 + task]].split("|"),
  };
}

// Backwards from all goals, breadth first.
function distances(moves, kind) {
  const before = moves.map(() => []);
  moves.forEach((some, state) => some.forEach(({ target }) => before[target].push(state)));
  const away = moves.map((_, state) => (kind(state) === GOAL ? 0 : Infinity));
  const queue = away.flatMap((steps, state) => (steps === 0 ? [state] : []));
  for (const state of queue) {
    for (const earlier of before[state]) {
      if (away[earlier] !== Infinity) continue;
      away[earlier] = away[state] + 1;
      queue.push(earlier);
    }
  }
  return away;
}

// `inSite`: the page has an address that can carry a schedule.
function attachGame(root, inSite) {
  const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  const part = (name) => root.querySelector(`.oom-game-${name}`);
  const select = root.querySelector("select");
  const [tasks, locks, status, score, history, replay, link] = [
    "tasks", "locks", "status", "score", "history", "replay", "link",
  ].map(part);
  const button = (name) => root.querySelector(`[data-do="${name}"]`);

  let machine = unpack(data.boards[0]);
  let path = []; // the moves made, each with the state it came from
  let cards = [];

  const state = () => (path.length ? path.at(-1).target : 0);
  const name = (task) => machine.board.tasks[task];
  const switches = () => path.filter((move, i) => i && move.task !== path[i - 1].task).length;
  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  function build() {
    tasks.replaceChildren();
    cards = machine.board.tasks.map((task) => {
      const card = document.createElement("div");
      card.className = "oom-game-task";
      card.setAttribute("role", "group");
      card.setAttribute("aria-label", task);
      const [head, doing] = [document.createElement("p"), document.createElement("p")];
      head.className = "oom-game-name";
      const ways = [0, 1].map((way) => {
        const one = document.createElement("button");
        one.type = "button";
        one.dataset.lmSuppressShortcuts = "true";
        one.addEventListener("click", () => choose(machine.board.tasks.indexOf(task), way));
        return one;
      });
      card.append(head, doing, ...ways);
      tasks.append(card);
      return { card, head, doing, ways };
    });
  }

  const waysOf = (task) => machine.moves[state()].filter((move) => move.task === task);

  function choose(task, way) {
    const move = waysOf(task)[way];
    if (!move || over()) {
      const why = over() ? "the game is over" : reason(task);
      return say(`${name(task)} cannot move: ${why}.`);
    }
    path.push({ ...move, from: state() });
    show();
    say(`${told(path.at(-1))}. ${news()}`);
  }

  const told = ({ task, from, late }) =>
    `${name(task)}: ${late ? "its time runs out" : machine.says(from, task)[1]}`;

  const over = () => [GOAL, ENDED].includes(machine.kind(state()));

  function reason(task) {
    const [status, words] = machine.says(state(), task);
    if (status !== "blocked") return words;
    const lock = machine.board.locks.findIndex((one) => words.startsWith(`waits for ${one}`));
    const holder = lock < 0 ? "" : machine.held(state())[lock];
    return holder ? `${words}, held by ${holder}` : words;
  }

  function news() {
    const now = machine.kind(state());
    const before = path.length ? machine.kind(path.at(-1).from) : OPEN;
    if (now === GOAL) {
      const best = machine.board.best;
      const made = switches();
      const judged = made === best ? "No schedule needs fewer." : `It can be done with ${best}.`;
      return `Locked up, with ${plural(made, "change")} of task. ${judged}`;
    }
    if (now === ENDED) return "Everybody has finished. No lockup this time: undo, or start again.";
    if (now === LOST && before !== LOST) return "From here on nobody gets out any more.";
    return "";
  }

  function hint() {
    if (!machine.board.goal) {
      return `There is nothing to reach: none of the ${machine.moves.length} states of this machine is a lockup.`;
    }
    if (over()) return news();
    const away = machine.away[state()];
    if (away === Infinity) return "From here the lockup can no longer be reached. Undo some moves.";
    const next = machine.moves[state()].find(({ target }) => machine.away[target] === away - 1);
    const move = next.late ? `Let the time of ${name(next.task)} run out.` : `Move ${name(next.task)}.`;
    return `The lockup is ${plural(away, "move")} away. ${move}`;
  }

  function show() {
    cards.forEach(({ card, head, doing, ways }, task) => {
      const [status, words] = machine.says(state(), task);
      const able = waysOf(task);
      const shown = status === "ready" && !able.length ? "idle" : status;
      card.dataset.status = shown;
      head.textContent = `${name(task)} — ${LABELS[shown]}`;
      doing.textContent = status === "ready" ? `next: ${words}` : reason(task);
      ways.forEach((one, way) => {
        one.hidden = way > 0 && way >= able.length;
        one.setAttribute("aria-disabled", String(!able[way] || over()));
        const otherwise = way ? ", the other way" : "";
        one.textContent = able[way]?.late
          ? `Let the time of ${name(task)} run out`
          : `Move ${name(task)}${otherwise}`;
      });
    });
    locks.replaceChildren(
      ...machine.board.locks.map((lock, i) => {
        const item = document.createElement("li");
        const holder = machine.held(state())[i];
        item.textContent = holder ? `${lock}: ${holder}` : `${lock}: free`;
        item.dataset.held = holder ? "yes" : "no";
        return item;
      }),
    );
    const best = machine.board.best;
    score.textContent =
      `${plural(path.length, "move")}, ${plural(switches(), "change")} of task` +
      (best === null ? "" : ` (the lockup needs at least ${best})`);
    root.dataset.kind = ["open", "goal", "ended", "lost"][machine.kind(state())];
    history.replaceChildren(
      ...path.map((move) => {
        const item = document.createElement("li");
        item.textContent = told(move);
        return item;
      }),
    );
    const { scenario, remedy, settings } = machine.board;
    replay.textContent = `oomlab replay ${scenario}/${remedy}/${settings}/${schedule()}`;
    const address = `#play=${remedy}/${schedule()}`;
    whenLoaded(() => (link.href = address));
    for (const [key, can] of [["undo", path.length], ["restart", path.length]]) {
      button(key).setAttribute("aria-disabled", String(!can));
    }
  }

  // The moves as a replay string has them: task:times for steps in a row, task@outcome for others.
  function schedule() {
    const steps = path.flatMap(({ task, outcome, steps }) => [
      { task, outcome },
      ...Array(steps - 1).fill({ task, outcome: 0 }),
    ]);
    const parts = [];
    for (const step of steps) {
      const last = parts.at(-1);
      if (!step.outcome && last && last.task === step.task && !last.outcome) last.times += 1;
      else parts.push({ ...step, times: 1 });
    }
    return parts
      .map(({ task, outcome, times }) =>
        outcome ? `${name(task)}@${outcome}` : times > 1 ? `${name(task)}:${times}` : name(task),
      )
      .join(",");
  }

  // Moves as far as the text makes sense on this board. Result: what was wrong with it, or "".
  function play(text) {
    path = [];
    const steps = [];
    for (const one of text.split(",").filter(Boolean)) {
      const [, task, times = 1, outcome = 0] = one.match(/^(\w+)(?::(\d+)|@(\d+))?$/) ?? [];
      const index = machine.board.tasks.indexOf(task);
      if (index < 0) return `“${brief(one)}” is no move of ${machine.board.tasks.join(" or ")}`;
      if (steps.length + Number(times) > MOST_STEPS) return `it has more than ${MOST_STEPS} steps`;
      steps.push(...Array(Number(times)).fill({ index, outcome: Number(outcome) }));
    }
    for (let i = 0; i < steps.length; ) {
      const { index, outcome } = steps[i];
      const move = waysOf(index).find((able) => able.outcome === outcome);
      if (!move) return `${name(index)} cannot move as the link says after ${plural(path.length, "move")}`;
      path.push({ ...move, from: state() });
      i += move.steps;
    }
    return "";
  }

  function start(remedy) {
    const index = data.boards.findIndex((one) => one.remedy === remedy);
    machine = unpack(data.boards[index]);
    select.selectedIndex = index;
    path = [];
    build();
  }

  const say = (text) => (status.textContent = text.trim());
  const opening = () =>
    machine.board.goal
      ? `Choose who moves. ${machine.moves.length} states, some of them a lockup: can you get there?`
      : `Choose who moves. ${machine.moves.length} states: is one of them a lockup?`;

  // Does the address hold a schedule, whole or damaged? Then it is played, or it is said why not.
  function fromAddress() {
    const { hash } = location;
    if (!hash.startsWith("#play=")) return false;
    if (hash.length > LONGEST_LINK) return refuse("it is too long to be a schedule of this game");
    const [, remedy, moves] = readable(hash).match(/^#play=([\w+-]+)\/([\w:,@]*)$/) ?? [];
    if (remedy === undefined) return refuse("it is damaged: it should be #play=machine/moves");
    const known = data.boards.map((one) => one.remedy);
    if (!known.includes(remedy)) {
      return refuse(`it asks for the machine “${brief(remedy)}”, and there is ${known.join(", ")}`);
    }
    const before = { machine, path };
    start(remedy);
    const wrong = play(moves);
    if (wrong) {
      start(before.machine.board.remedy);
      path = before.path;
      return refuse(wrong);
    }
    show();
    say(path.length ? `Restored from the link: ${score.textContent}. ${news()}` : opening());
    return true;
  }

  // A schedule is followed whole or not at all: the game stays where it was.
  function refuse(why) {
    show();
    const now = path.length ? "Your game stands as it was." : `Here is a new game. ${opening()}`;
    say(`The link was not followed: ${why}. ${now}`);
    return true;
  }

  const does = {
    undo: () => {
      if (!path.length) return say("There is nothing to undo.");
      path.pop();
      show();
      say("Undone.");
    },
    restart: () => {
      path = [];
      show();
      say(opening());
    },
    hint: () => say(hint()),
  };
  for (const [key, act] of Object.entries(does)) button(key).addEventListener("click", act);
  select.addEventListener("change", () => {
    start(data.boards[select.selectedIndex].remedy);
    show();
    say(opening());
  });
  link.hidden = !inSite;
  if (inSite) addEventListener("hashchange", fromAddress);
  root.querySelector("fieldset").disabled = false;
  root.dataset.ready = "";
  start(data.boards[0].remedy);
  show();
  if (!(inSite && fromAddress())) say(opening());
  return () => inSite && removeEventListener("hashchange", fromAddress);
}

// A longer link was never made here; to read it would stop the page for seconds.
const LONGEST_LINK = 10000;
const MOST_STEPS = 2000;

// When it has loaded, a page's theme takes the addresses in it for those of sections, and stops at
// one that cannot be: ours must come later.
function whenLoaded(act) {
  if (document.readyState === "complete") act();
  else addEventListener("load", () => setTimeout(act));
}

// So much of a link as a sentence can hold.
const brief = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

// An address may be damaged on its way through a mail program.
function readable(hash) {
  try {
    return decodeURIComponent(hash);
  } catch {
    return "";
  }
}

const LABELS = {
  ready: "can move",
  late: "sleeps",
  blocked: "is blocked",
  idle: "has nothing to do",
  done: "has finished",
};
