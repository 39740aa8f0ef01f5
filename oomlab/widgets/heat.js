// A map of runs (oomlab/figures/heat_map.py): its cells are links, and here the panel that stands on
// the same page opens them.

const CELL = /^([\w.,=-]{1,80})\/([\w+-]{1,80})\/([\d.]{1,9})$/;

function enlivenHeat(picture) {
  const map = picture.querySelector(".oom-heat");
  if (!map) return;
  map.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const cell = new URL(link.href).searchParams.get("cell");
    const panel = showCell(cell);
    if (!panel && inBook()) return; // the link leads to the page that has it
    event.preventDefault(); // a notebook is at no address that the link could be read from
    if (!panel) return;
    keepCell(cell);
    lead(panel);
  });
  const rows = [...map.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("a")]);
  if (rows.length) walkByArrows(map, rows);
}

// Is this a page of the site? Sphinx marks each.
const inBook = () => document.documentElement.dataset.content_root !== undefined;

// One stop for Tab; arrows, Home and End go on from there.
function walkByArrows(map, rows) {
  const all = rows.flat();
  const stop = (link) => all.forEach((one) => (one.tabIndex = one === link ? 0 : -1));
  stop(rows[0][0]);
  map.addEventListener("focusin", ({ target }) => all.includes(target) && stop(target));
  map.addEventListener("keydown", (event) => {
    const y = rows.findIndex((row) => row.includes(event.target));
    if (y < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const x = rows[y].indexOf(event.target);
    const to = {
      ArrowRight: [y, x + 1],
      ArrowLeft: [y, x - 1],
      ArrowDown: [y + 1, x],
      ArrowUp: [y - 1, x],
      Home: [y, 0],
      End: [y, rows[y].length - 1],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    rows[to[0]]?.[to[1]]?.focus();
  });
}

// Asks the panels of the page for the run that "hazard/remedy/release" names; gives the one that
// shows it, or null.
function showCell(text) {
  const [, hazard, remedy, kernel] = text?.match(CELL) ?? [];
  const detail = { values: { hazard, remedy, kernel }, shown: null };
  for (const panel of document.querySelectorAll(".oom-panel[data-ready]")) {
    if (!panel.getClientRects().length) continue; // a notebook's copy, which hides
    panel.dispatchEvent(new CustomEvent("oom-show", { detail }));
    if (detail.shown) break;
  }
  if (!detail.shown) return null;
  for (const link of document.querySelectorAll(".oom-heat td a")) {
    const here = new URL(link.href).searchParams.get("cell") === text;
    if (here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  return detail.shown;
}

function keepCell(text) {
  if (!inBook()) return;
  try {
    history.replaceState(history.state, "", `?cell=${text}${location.hash}`);
  } catch {
    // In a file or a frame without an origin an address may not change.
  }
}

// Brings a panel into view, but not where all of its head is in view already.
function lead(panel) {
  const { top } = panel.getBoundingClientRect();
  if (top >= 0 && top < innerHeight / 3) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  panel.scrollIntoView({ behavior: still ? "instant" : "smooth", block: "start" });
}

function openCellOfAddress() {
  const text = new URLSearchParams(location.search).get("cell");
  const map = document.querySelector(".oom-heat");
  if (text === null || !map) return;
  const panel = showCell(text);
  if (panel) lead(panel);
  else {
    map.closest(".oom-panel").querySelector(".oom-status").textContent =
      "The link was not followed: it names no cell of this map.";
  }
}

// Buttons that copy the text before them. Where the clipboard is refused, the text is selected.
function enlivenCopies(picture) {
  for (const button of picture.querySelectorAll("[data-copy]")) {
    const text = button.previousElementSibling;
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(text);
        button.textContent = "Selected: press Ctrl+C";
      }
      setTimeout(() => (button.textContent = label), 2000);
    });
  }
}
