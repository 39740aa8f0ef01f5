// What the hand moves in a picture: a bit is pressed, a line is dragged. That moves a control of the
// panel, never the picture itself, so that both always agree (figures/figure.py says what a hand is).

// `specs` and `controls`: those of the panel, in the same order. Without a control of its name, or of
// its value, a hand stays hidden.
function bringHandsToLife(root, specs, controls, form) {
  const picture = root.querySelector(".oom-picture");
  const place = (name) => specs.findIndex((spec) => spec.name === name);
  const field = (name) => form.querySelector(`input[type="range"][name="${name}"]`);
  let held = ""; // the name of the hand that has the focus: the next picture has one like it
  let dragged = null;

  function set(name, value) {
    const control = controls[place(name)];
    if (control.read() === value) return;
    control.write(value);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The control and the value that a press on `hand` stands for, or null.
  function meaning(hand) {
    const [name, text] = hand.dataset.set.split(/=(.*)/s);
    const spec = specs[place(name)];
    const value = spec?.values?.find((one) => String(one) === text);
    return value === undefined ? null : [name, value];
  }

  function enliven() {
    for (const hand of picture.querySelectorAll(".oom-hand")) {
      const { drag } = hand.dataset;
      if (drag ? place(drag) < 0 || !field(drag) : !meaning(hand)) continue;
      hand.hidden = false;
      if (!drag) continue;
      const { min, max, value } = field(drag);
      Object.entries({ min, max, now: value }).forEach(([name, one]) =>
        hand.setAttribute(`aria-value${name}`, one),
      );
      hand.setAttribute("aria-valuetext", controls[place(drag)].words(Number(value)));
    }
    const lost = held && (document.activeElement ?? document.body) === document.body;
    if (!lost) return;
    const again = [...picture.querySelectorAll(".oom-hand")].find(
      (hand) => hand.getAttribute("aria-label") === held && hand.getClientRects().length,
    );
    again?.focus({ preventScroll: true });
  }

  function moveTo(name, wanted) {
    const { min, max, step } = field(name);
    const steps = Math.round((wanted - min) / step);
    const value = Number((Number(min) + steps * step).toFixed(6));
    set(name, Math.min(Math.max(value, Number(min)), Number(max)));
  }

  function follow({ clientX }) {
    const { sheet, name } = dragged;
    const [left, low, right, high] = dragged.ends;
    const box = sheet();
    const x = (100 * (clientX - box.left)) / box.width;
    moveTo(name, low + ((x - left) / (right - left)) * (high - low));
  }

  picture.addEventListener("click", ({ target }) => {
    const hand = target.closest(".oom-hand[data-set]");
    const meant = hand && meaning(hand);
    if (meant) set(...meant);
  });
  picture.addEventListener("pointerdown", (event) => {
    const hand = event.target.closest(".oom-hand[data-drag]");
    if (!hand || event.button) return;
    event.preventDefault(); // no selection of text; the focus is set by hand
    hand.focus({ preventScroll: true });
    const order = [...hand.parentElement.parentElement.children].indexOf(hand.parentElement);
    dragged = {
      name: hand.dataset.drag,
      ends: hand.dataset.ends.split(" ").map(Number),
      // The picture is another one after each move; its place is the same.
      sheet: () => picture.querySelector(".oom-fit").children[order].getBoundingClientRect(),
    };
    picture.setPointerCapture(event.pointerId);
    follow(event);
  });
  picture.addEventListener("pointermove", (event) => dragged && follow(event));
  for (const end of ["pointerup", "pointercancel"]) {
    picture.addEventListener(end, () => (dragged = null));
  }
  picture.addEventListener("keydown", (event) => {
    const hand = event.target.closest(".oom-hand[data-drag]");
    if (!hand || event.altKey || event.ctrlKey || event.metaKey) return;
    const { drag } = hand.dataset;
    const { min, max, step, valueAsNumber: now } = field(drag);
    const to = {
      ArrowLeft: now - Number(step),
      ArrowDown: now - Number(step),
      ArrowRight: now + Number(step),
      ArrowUp: now + Number(step),
      PageDown: now - 10 * step,
      PageUp: now + 10 * step,
      Home: Number(min),
      End: Number(max),
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    moveTo(drag, to);
  });
  root.addEventListener("focusin", ({ target }) => {
    held = target.matches(".oom-hand") ? target.getAttribute("aria-label") : "";
  });
  const redrawn = new MutationObserver(enliven);
  redrawn.observe(picture, { childList: true });
  enliven();
  return () => redrawn.disconnect();
}
