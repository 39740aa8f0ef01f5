// Brings the panels, games and log readers below an element to life, without a kernel: in a page of the site, or
// in the copy that a notebook keeps. Both run the code that the live widget runs. `more`: pairs of a
// selector and what brings such an element to life, where a page has other kinds as well.

function mount(within, inSite, more = []) {
  if (inSite && siteBase()) rejoinSite(siteBase());
  if (inSite) findAddress();
  start(".oom-panel", (panel) => attach(panel, null, inSite));
  if (inSite) openCellOfAddress();
  start(".oom-game", (game) => attachGame(game, inSite));
  start(".oom-balloon", attachBalloon);
  if (inSite) lightUpThings(document.body);
  start(".oom-log", (reader) => attachLog(reader, inSite));
  for (const [kind, bringToLife] of more) start(kind, (one) => bringToLife(one, inSite));
  if (inSite) keepFields([...within.querySelectorAll("form[autocomplete=off]")]);

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

// When a page comes back, WebKit sets the fields of forms that browsers shall not fill in to what they were at
// first: after `pageshow`, and without an event. So while the page is away, they are forms like others.
function keepFields(forms) {
  const fill = (value) => () => forms.forEach((form) => (form.autocomplete = value));
  addEventListener("pagehide", fill("on"));
  addEventListener("pageshow", fill("off"));
}
