// Brings the panels of a static page to life. The modules in oom-panel/ are copied from
// oomlab/widgets when the book is built: the page and a notebook run the same code.

import { attach } from "./oom-panel/panel.mjs";

for (const panel of document.querySelectorAll(".oom-panel:not([data-ready])")) {
  try {
    attach(panel);
  } catch (problem) {
    panel.dataset.state = "failed";
    panel.dataset.ready = ""; // not "has not started": it has, and here is how that went
    panel.querySelector(".oom-status").textContent = `The controls could not start: ${problem.message}`;
    console.error(problem);
  }
}

const games = document.querySelectorAll(".oom-game:not([data-ready])");
if (games.length) {
  const { attachGame } = await import("./oom-panel/game.mjs"); // only a page with a game loads it
  for (const game of games) attachGame(game, true);
}
