// The balloon by hand. Tiles of memory move between the guest and the host; Python (balloon.py) has
// drawn all of them, and here they only change places.

const renderBalloon = ({ model, el }) => attachBalloon(rendered(model, el));

function attachBalloon(root) {
  const sizes = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  const [guest, host] = [".oom-b-guest ul", ".oom-b-host ul"].map((name) => root.querySelector(name));
  const skin = root.querySelector(".oom-b-skin");
  const status = root.querySelector(".oom-b-told");
  const opening = status.textContent;
  const tiles = [...guest.querySelectorAll("button")]; // those that may move
  const cells = [...guest.children].slice(-tiles.length);
  const largest = guest.querySelectorAll("[data-is=largest]");
  const mb = (count) => `${count * sizes.tile_mb} MB`;
  const one = mb(1);
  const button = (name) => root.querySelector(`[data-do="${name}"]`);
  const all = (kind) => tiles.filter((tile) => tile.dataset.is === kind);

  const LABELS = {
    free: `${one}, free: lend them to the host`,
    lent: `${one}, lent to the host: get them back`,
    used: `${one}, used by a program`,
  };

  // Puts every tile where it belongs: in the guest what programs use, then what is free; the rest
  // of the guest's places is the balloon, and the tiles of those are the host's.
  function show() {
    const [used, free, lent] = ["used", "free", "lent"].map(all);
    const before = new Map(tiles.map((tile) => [tile, tile.getBoundingClientRect()]));
    const focused = tiles.find((tile) => tile === document.activeElement);
    [...used, ...free].forEach((tile, i) => place(tile, cells[i]));
    lent.forEach((tile, i) => place(tile, host.children[tiles.length - 1 - i]));
    focused?.focus();
    for (const tile of tiles) {
      tile.setAttribute("aria-label", LABELS[tile.dataset.is]);
      tile.setAttribute("aria-disabled", String(tile.dataset.is === "used"));
      glide(tile, before.get(tile));
    }
    skin.style.setProperty("--oom-lent", lent.length);
    skin.dataset.lent = lent.length;
    tell("used", sizes.largest + sizes.others + used.length);
    tell("free", free.length);
    tell("lent", lent.length);
    const over = "killed" in root.dataset;
    able("lend", free.length && !over);
    able("back", lent.length && !over);
    able("ask", !over);
  }

  // Only what changes its place is moved, or the focus would be lost for nothing.
  const place = (tile, cell) => tile.parentElement !== cell && cell.append(tile);
  const tell = (name, count) =>
    (root.querySelector(`[data-mb=${name}]`).textContent = count * sizes.tile_mb);
  const able = (name, can) => button(name).setAttribute("aria-disabled", String(!can));

  function glide(tile, from) {
    const to = tile.getBoundingClientRect();
    const [x, y] = [from.left - to.left, from.top - to.top];
    if ((!x && !y) || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    tile.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
      duration: 280,
      easing: "ease-out",
    });
  }

  function lend(tile = all("free").at(-1)) {
    if (!tile) return "Nothing is free in the guest.";
    tile.dataset.is = "lent";
    return all("free").length
      ? `The balloon took ${one} and does nothing with them, so the host can use them elsewhere.`
      : `Now nothing is free in the guest, and ${mb(all("lent").length)} are in the balloon. What if a program needs some?`;
  }

  function back(tile = all("lent").at(-1)) {
    if (!tile) return "The balloon is empty.";
    tile.dataset.is = "free";
    return `The balloon gave ${one} back. They are free in the guest.`;
  }

  function ask() {
    const [free, lent] = [all("free")[0], all("lent").at(-1)];
    if (free) {
      free.dataset.is = "used";
      return `A program took ${one} of what was free.`;
    }
    if (lent) {
      lent.dataset.is = "used";
      return `Nothing was free. The kernel asked the balloon, the balloon gave ${one} back, and the program has them. That is how it should go.`;
    }
    root.dataset.killed = "";
    for (const tile of largest) tile.dataset.is = "killed";
    return `Nothing is free, and the balloon is empty. The kernel kills the largest program, of ${mb(sizes.largest)}: the OOM killer. Better to ask a balloon first.`;
  }

  function restart() {
    delete root.dataset.killed;
    for (const tile of largest) tile.dataset.is = "largest";
    for (const tile of tiles) tile.dataset.is = "free";
    return opening;
  }

  const does = { lend, back, ask, restart };
  for (const [name, act] of Object.entries(does)) {
    button(name).addEventListener("click", () => {
      if (name !== "restart" && button(name).getAttribute("aria-disabled") === "true") return;
      status.textContent = act();
      show();
    });
  }
  for (const tile of tiles) {
    const press = () => {
      const act = { free: lend, lent: back }[tile.dataset.is];
      if (!act || "killed" in root.dataset) return;
      status.textContent = act(tile);
      show();
    };
    tile.disabled = false;
    drag(tile, () => (tile.dataset.is === "free" ? host : guest).parentElement, press);
  }

  // A tile is pressed, or carried over. Where it is let go elsewhere, it goes home.
  function drag(tile, goal, arrived) {
    let from = null;
    let carried = false; // then the click that may follow is none
    tile.addEventListener("click", ({ detail }) => {
      if (!detail || !carried) arrived(); // by a key there is no detail
      carried = false;
    });
    tile.addEventListener("pointerdown", (event) => {
      carried = false;
      if (tile.dataset.is === "used" || "killed" in root.dataset) return;
      from = event;
      tile.setPointerCapture(event.pointerId);
    });
    tile.addEventListener("pointermove", ({ clientX, clientY }) => {
      if (!from) return;
      tile.style.translate = `${clientX - from.clientX}px ${clientY - from.clientY}px`;
      tile.style.zIndex = 1;
    });
    const end = ({ type, clientX, clientY }) => {
      if (!from) return;
      const far = Math.hypot(clientX - from.clientX, clientY - from.clientY) > 8;
      from = null;
      const { left, right, top, bottom } = goal().getBoundingClientRect();
      const there = clientX > left && clientX < right && clientY > top && clientY < bottom;
      carried = far;
      if (far && there && type === "pointerup") arrived();
      tile.style.translate = "";
      tile.style.zIndex = "";
    };
    tile.addEventListener("pointerup", end);
    tile.addEventListener("pointercancel", end);
  }
  root.querySelector("fieldset").disabled = false;
  root.dataset.ready = "";
  show();
}
