// The scheduler game: the reader chooses who moves. What can be done and where it leads is on the
// board (game-board.js), what is to be seen is the stage's (machine.js).

const MARK = "✓";
const ASKED = "asked"; // where the answer to the question is kept, among the levels

const renderGame = ({ model, el }) => attachGame(rendered(model, el), false);

// `inSite`: the page has an address that can carry a schedule.
function attachGame(root, inSite) {
  const boards = JSON.parse(root.querySelector("script.oom-g-data").textContent).map(unpackBoard);
  const part = (name) => root.querySelector(`.oom-g-${name}`);
  const button = (name) => root.querySelector(`[data-do="${name}"]`);
  const [score, replay, goal] = ["score", "replay", "goal"].map(part);
  const stages = [...part("stages").children];
  const levels = [...root.querySelectorAll("[data-level]")];
  const ask = part("ask");
  const proofs = [...root.querySelectorAll(".oom-g-proof")];
  const kept = keptGames();

  let board = boards[0];
  let picture = null; // of this board's machine
  const pictures = [];
  let path = []; // the moves made, also those after the cursor
  let at = 0; // how many of them the reader is looking at

  const made = () => path.slice(0, at);
  const node = (k = at) => nodeAfter(path.slice(0, k));
  const kindAt = (k) => board.kind(node(k));
  const name = (task) => board.tasks[task];
  const over = () => [GOAL, ENDED].includes(kindAt(at));
  const say = (text) => (picture.status.textContent = text.trim());

  // The first moment from which nobody gets out; Infinity before there is one.
  function decided() {
    const first = Array.from({ length: at + 1 }, (_, k) => k).find((k) => hopeless(kindAt(k)));
    return first ?? Infinity;
  }
  const hopeless = (kind) => kind === LOST || (kind === GOAL && board.goal === "lockup");

  function choose(task) {
    const move = board.able(made()).find((one) => one.task === task);
    if (!move || over()) return say(`${name(task)} cannot move: ${over() ? ending() : reason(task)}.`);
    path = [...made(), move];
    at = path.length;
    show(true);
    say(`${move.told} ${news()}`);
    keep();
  }

  function reason(task) {
    const { status: how, words } = board.part(node(), task);
    if (how === "blocked") {
      const holder = picture.holder(node(), task);
      return holder ? `it ${words}, and ${holder} has that` : `it ${words}`;
    }
    if (how === "done") return "it has finished";
    if (how === "idle") return `it ${words}`;
    const { last, interrupted } = turnAfter(board.moves, made(), board.delays);
    const goes = name(board.able(made())[0].task);
    return interrupted < 0 && last >= 0
      ? `${goes} goes on until it must wait, and you have no delay left`
      : `your delay was one move long, and ${goes} goes on`;
  }

  const ending = () => (kindAt(at) === GOAL ? "the goal is reached" : "the others have finished");

  function news() {
    const now = kindAt(at);
    if (now === GOAL) return `${judged()} ${board.won}`;
    if (now === ENDED) return "Everybody has finished, and the goal was not reached. Undo, or start again.";
    if (decided() === at) return "From here on nobody gets out any more.";
    if (board.best && !wayToGoal(board, made())) return "From here the goal cannot be reached any more: undo.";
    return "";
  }

  function judged() {
    const [least] = board.best;
    const many = switchesIn(made());
    const won = board.goal === "lockup" ? "Locked up" : "Done";
    const when = decided() < at ? ` It was decided at move ${decided()}.` : "";
    const fewest = many === least ? `, the fewest there are` : `; ${least} would do`;
    return `${won}, with ${plural(many, "switch").replace("switchs", "switches")}${fewest}.${when}`;
  }

  function hint() {
    if (!board.best) return `None of the ${board.space.toLocaleString("en")} states of this machine is a lockup. See for yourself: try every order.`;
    if (over()) return news();
    const way = wayToGoal(board, made());
    if (!way) return "From here the goal cannot be reached any more. Undo.";
    const [{ task, late }] = way;
    const move = late ? `Let the time of ${name(task)} run out.` : `Move ${name(task)}.`;
    return `The goal is ${plural(way.length, "move")} away. ${move}`;
  }

  function show(fresh = false) {
    picture.show(path, at, decided(), fresh);
    root.dataset.kind = ["open", "goal", "ended", "lost"][kindAt(at)];
    const can = new Set(over() ? [] : board.able(made()).map((move) => move.task));
    picture.hands.forEach((hand, task) => {
      const { status: how, words } = board.part(node(), task);
      hand.setAttribute("aria-disabled", String(!can.has(task)));
      hand.querySelector(".oom-g-next").textContent = how === "late" ? "let its time run out" : words;
    });
    const best = board.best ? ` (fewest: ${board.best[0]})` : "";
    const switches = switchesIn(made());
    score.textContent = `${plural(at, "move")}, ${switches} ${switches === 1 ? "switch" : "switches"}${best}`;
    replay.textContent = replayText(board, made());
    able_("undo", at > 0);
    able_("restart", path.length > 0);
    button("prove").hidden = Boolean(board.best);
    goal.textContent = board.text;
    if (kindAt(at) === GOAL) solved(switches);
    for (const level of levels) {
      const best = kept.get(level.dataset.level);
      level.setAttribute("aria-current", String(level.dataset.level === board.level));
      level.dataset.done = String(best !== undefined);
      level.querySelector(".oom-g-mark").textContent = best === undefined ? "" : MARK;
    }
    button("forget").hidden = !kept.any();
    for (const proof of proofs) {
      const mine = boards[proof.dataset.of] === board;
      proof.hidden = !mine || !(kindAt(at) === GOAL || (!board.best && kept.get(board.level) === 0));
    }
    answerAsk();
  }

  const able_ = (which, can) => button(which).setAttribute("aria-disabled", String(!can));

  // What comes of a level is kept on the device, and what was asked is answered by the game itself.
  function solved(switches) {
    if (kept.get(board.level) <= switches) return;
    kept.set(board.level, switches);
  }

  function answerAsk() {
    if (!ask || kindAt(at) !== GOAL || "answered" in ask.dataset) return;
    ask.dataset.answered = "";
    const options = [...ask.querySelectorAll("label")];
    const right = Number(ask.dataset.right);
    const chosen = options.findIndex((option) => option.firstElementChild.checked);
    options[right].dataset.right = "";
    const verdict = chosen < 0 ? "" : chosen === right ? "You saw it coming. " : "You thought otherwise. ";
    part("because").textContent = verdict + ask.dataset.because;
    ask.querySelector("fieldset").disabled = true;
  }

  // The address has the game as it stands, so that a reload, or somebody else, finds it again.
  function keep() {
    if (!inSite) return;
    writeAddress({ play: at ? `${board.level}/${pathText(board, made())}` : null });
  }

  function start(index) {
    board = boards[index];
    path = [];
    at = 0;
    stages.forEach((one, i) => (one.hidden = i !== index));
    picture = pictures[index] ??= gamePicture(stages[index], board, { choose, look });
  }

  // How it was after move k; what came later stays, until another move is made from there.
  function look(k) {
    if (k === at) return;
    at = k;
    show();
    say(at ? `${path[at - 1].told} ${news()}` : opening());
    keep();
  }

  // Does the address hold a game, whole or damaged? Then it is played, or it is said why not.
  function fromAddress() {
    const text = new URLSearchParams(location.search).get("play");
    if (text === null) return false;
    const [, level, moves] = text.match(/^([\w-]+)\/([\w:,]{0,2000})$/) ?? [];
    const index = boards.findIndex((one) => one.level === level);
    if (index < 0) {
      const names = boards.map((one) => one.level).join(", ");
      show();
      say(`The link was not followed: it should be ?play=level/moves, with a level of ${names}.`);
      return true;
    }
    start(index);
    const { path: read, wrong } = readPath(board, moves);
    if (wrong) {
      show();
      say(`The link was not followed: ${wrong}. Here is a new game.`);
      return true;
    }
    path = read;
    at = path.length;
    show();
    say(`Your game stands as it was. ${news()}`);
    return true;
  }

  const does = {
    undo: () => {
      if (!at) return say("There is nothing to undo.");
      at -= 1;
      show();
      say("Undone.");
      keep();
    },
    restart: () => {
      path = [];
      at = 0;
      show();
      say(opening());
      keep();
    },
    hint: () => say(hint()),
    prove: () => {
      solved(0);
      say(board.won);
      show();
    },
    forget: () => {
      kept.forget();
      ask?.reset();
      show();
      say("What you did is forgotten.");
    },
  };
  const opening = () => `Choose who moves: press a task in the picture, its button, or its digit.`;
  for (const [key, act] of Object.entries(does)) button(key).addEventListener("click", act);
  levels.forEach((level, index) =>
    level.addEventListener("click", () => {
      start(index);
      show();
      say(opening());
      keep();
    }),
  );
  root.addEventListener("keydown", (event) => {
    // Arrow keys are those of the field that has the focus.
    const field = event.target.matches("[type=radio], [type=range]") && !/^[1-9uh]$/.test(event.key);
    if (event.ctrlKey || event.altKey || event.metaKey || field) return;
    const task = Number(event.key) - 1;
    if (task in board.tasks) choose(task);
    else if (["Backspace", "ArrowLeft", "u"].includes(event.key)) does.undo();
    else if (event.key === "ArrowRight") look(Math.min(at + 1, path.length));
    else if (event.key === "h") does.hint();
    else return;
    event.preventDefault();
  });
  if (ask) {
    const options = [...ask.querySelectorAll("input")];
    if (options[kept.get(ASKED)]) options[kept.get(ASKED)].checked = true;
    ask.addEventListener("change", () => kept.set(ASKED, options.findIndex((one) => one.checked)));
  }
  root.querySelector(".oom-g-play").disabled = false;
  root.dataset.ready = "";
  start(0);
  if (inSite && fromAddress()) return;
  show();
  say(opening());
}

// What was solved, by level: the fewest switches so far. Kept on the device, where it may be refused.
function keptGames() {
  const KEY = "oomlab-game";
  let found = {};
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (typeof kept === "object" && kept) found = kept;
  } catch {
    found = {}; // refused, or somebody else's text: then it is known until the page is left
  }
  const write = () => {
    try {
      localStorage.setItem(KEY, JSON.stringify(found));
    } catch {
      // Refused: the game does not need it.
    }
  };
  return {
    get: (level) => (Number.isInteger(found[level]) ? found[level] : undefined),
    any: () => Object.keys(found).length > 0,
    set(level, switches) {
      found[level] = switches;
      write();
    },
    forget() {
      found = {};
      write();
    },
  };
}
