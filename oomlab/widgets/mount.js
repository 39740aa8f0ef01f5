// Brings the panels, games and log readers below an element to life, without a kernel: in a page of the site, or
// in the copy that a notebook keeps. Both run the code that the live widget runs.

function mount(within, inSite) {
  start(".oom-panel", (panel) => attach(panel));
  start(".oom-game", (game) => attachGame(game, inSite));
  start(".oom-log", (reader) => attachLog(reader, inSite));

  function start(kind, bringToLife) {
    for (const one of within.querySelectorAll(`${kind}:not([data-ready])`)) {
      if (!inSite) leaveKeysTo(one);
      try {
        bringToLife(one);
      } catch (problem) {
        one.dataset.state = "failed";
        one.dataset.ready = ""; // not "has not started": it has, and here is how that went
        one.querySelector("[role=status]").textContent =
          "The controls could not start: the page is damaged, or this browser is too old for it.";
        console.error(problem);
      }
    }
  }
}
