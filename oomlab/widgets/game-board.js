// A board of the game, unpacked: what game_board.py stored, as something to play on. Every state and
// every move is known; here they are only looked up.

const [OPEN, GOAL, ENDED, LOST] = [0, 1, 2, 3]; // what a node is, as game_board.py numbers it

function unpackBoard(board) {
  const late = new Set(board.late);
  let edge = 0;
  const moves = board.moves.map((count, node) =>
    Array.from({ length: count }, () => {
      const move = {
        task: board.task[edge],
        target: node + board.ahead[edge],
        told: board.texts[board.told[edge]],
        outcome: board.outcome[edge] ?? 0,
        steps: board.steps[edge] ?? 1,
        late: late.has(edge), // a time limit that runs out
      };
      edge += 1;
      return move;
    }),
  );
  return {
    ...board,
    // What may be moved after `path`, by the level's rule.
    able: (path) => able(moves, path, board.delays),
    kind: (node) => board.kinds[node],
    part(node, task) {
      const [status, words] = board.parts[board.stands[node * board.tasks.length + task]];
      return { status, words: board.texts[words] };
    },
    moves,
  };
}

const nodeAfter = (path) => path.at(-1)?.target ?? 0;

// The rule of levels that allow few delays, as game_levels.py has it: who was begun goes on until it
// cannot; `delays` times somebody else may make one move in between.
function able(moves, path, delays) {
  const here = moves[nodeAfter(path)];
  if (delays === null) return here;
  const can = (task) => here.some((move) => move.task === task);
  const { last, interrupted, left } = turnAfter(moves, path, delays);
  if (can(interrupted)) return here.filter((move) => move.task === interrupted);
  return can(last) && !left ? here.filter((move) => move.task === last) : here;
}

function turnAfter(moves, path, delays) {
  let [last, interrupted, left, node] = [-1, -1, delays, 0];
  for (const { task, target } of path) {
    const can = (other) => moves[node].some((move) => move.task === other);
    const between = !can(interrupted) && can(last) && task !== last;
    [last, interrupted, left, node] = [task, between ? last : -1, left - between, target];
  }
  return { last, interrupted, left };
}

const switchesIn = (path) => path.filter((move, i) => i && move.task !== path[i - 1].task).length;

// The shortest way from the end of `path` to the goal: the moves, or null if there is none.
function wayToGoal(board, path) {
  const key = (some) => {
    const { last, interrupted, left } = turnAfter(board.moves, some, board.delays);
    return board.delays === null ? nodeAfter(some) : [nodeAfter(some), last, interrupted, left].join();
  };
  const seen = new Set([key(path)]);
  const queue = [path];
  for (const some of queue) {
    if (board.kind(nodeAfter(some)) === GOAL) return some.slice(path.length);
    for (const move of board.able(some)) {
      const next = [...some, move];
      if (!seen.has(key(next))) {
        seen.add(key(next));
        queue.push(next);
      }
    }
  }
  return null;
}

// A path as the address has it: task:times for moves in a row.
function pathText(board, path) {
  const parts = [];
  for (const { task } of path) {
    if (parts.at(-1)?.task === task) parts.at(-1).times += 1;
    else parts.push({ task, times: 1 });
  }
  return parts
    .map(({ task, times }) => asWord(board.tasks[task]) + (times > 1 ? `:${times}` : ""))
    .join(",");
}

// The path that a text describes: {path}, or {wrong: why it cannot be followed}.
function readPath(board, text) {
  const path = [];
  for (const part of text.split(",").filter(Boolean)) {
    const [, name, times = 1] = part.match(/^(\w+)(?::(\d{1,3}))?$/) ?? [];
    const task = board.tasks.findIndex((one) => asWord(one) === name);
    if (task < 0) return { wrong: `“${brief(part)}” is no move of ${board.tasks.join(" or ")}` };
    for (let i = 0; i < times; i++) {
      const move = board.able(path).find((one) => one.task === task);
      if (!move) return { wrong: `${name} cannot move after ${plural(path.length, "move")}` };
      if (path.length >= MOST_MOVES) return { wrong: `it has more than ${MOST_MOVES} moves` };
      path.push(move);
    }
  }
  return { path };
}

// The moves as a replay string has them: task:times for steps in a row, task@outcome for others.
function replayText(board, path) {
  const parts = [];
  for (const { task, outcome, steps } of path) {
    for (let i = 0; i < steps; i++) {
      const taken = i ? 0 : outcome;
      const last = parts.at(-1);
      if (!taken && last?.task === task && !last.outcome) last.times += 1;
      else parts.push({ task, outcome: taken, times: 1 });
    }
  }
  const schedule = parts.map(({ task, outcome, times }) => {
    const name = asWord(board.tasks[task]);
    return outcome ? `${name}@${outcome}` : times > 1 ? `${name}:${times}` : name;
  });
  return `oomlab replay ${board.scenario}/${board.remedy}/${board.settings}/${schedule.join(",")}`;
}

// A longer game was never played here; to read it would stop the page for seconds.
const MOST_MOVES = 500;

// A task's name as it stands in a schedule.
const asWord = (name) => name.replace(/\W/g, "_");

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// So much of a link as a sentence can hold.
const brief = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
