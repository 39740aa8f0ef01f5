// The place where a panel shows things: picture, sentence and text twin, kept in size.

const REST_MS = 500; // our choice: so long a sentence stands before it is read out

// `moved()` is called when the reader moves the cursor in a picture that has one.
function stage(root, copy, sentences, moved = () => {}) {
  const [picture, sentence, twin] = ["picture", "sentence", "twin"].map((name) =>
    root.querySelector(`.oom-${name}`),
  );
  const boxes = [picture, sentence, twin];
  let width = 0;

  function show(answer) {
    // The picture is put in as HTML because it comes from oomlab's own renderer, which escapes the
    // texts it draws. Everything else goes through textContent.
    picture.innerHTML = withOwnIds(answer.picture, copy);
    say(answer.sentence);
    twin.textContent = answer.twin;
    enliven();
    inStep([roomKept()]);
  }

  // While a hand moves, sentences would pile up in a screen reader: one that stays is put in anew.
  let rest = 0;
  let told = sentence.textContent;
  function say(text) {
    if (sentence.textContent === text) return;
    sentence.setAttribute("aria-live", "off");
    sentence.textContent = text;
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (told === text) return;
      told = text;
      sentence.setAttribute("aria-live", "polite");
      sentence.replaceChildren(text);
    }, REST_MS);
  }

  // A stage comes alive; it stays where the reader's cursor was, in share of the way.
  let machine = null;
  let machines = []; // two of them on one axis have one cursor
  function enliven() {
    const pair = machines.length > 1;
    const before = !pair && machine && machine.data.frames.length > 1 && { share: machine.at() / (machine.data.frames.length - 1) };
    for (const one of machines) one.stop();
    machines = [...picture.querySelectorAll(".oom-machine:not(.oom-m-still)")].map(machineOf);
    [machine] = machines;
    enlivenHeat(picture);
    enlivenCopies(picture);
    leaveKeysTo(picture); // in a notebook: its cursor is new
    if (machine && before && before.share < 1) {
      machine.show(Math.round(before.share * (machine.data.frames.length - 1)));
    }
    for (const one of machines) {
      one.onmove = (at) => {
        machines.forEach((other) => other.at() !== at && other.show(at));
        if (one === machine) moved(at);
      };
    }
  }

  // Where the cursor is, if not where it was at first; null without one.
  const cursor = () => (machine && machine.at() !== machine.data.at ? machine.at() : null);

  // Puts the cursor there. Is there such a moment?
  function go(at) {
    const there = /^\d{1,6}$/.test(at) && Number(at) < (machine?.data.frames.length ?? 0);
    if (there) machine.show(Number(at));
    return there;
  }

  // The page must not jump: as long as the width is the same, no box gets smaller than it has been.
  // Reads, then waits until others have read as well, then writes: see inStep.
  function* roomKept() {
    const heights = boxes.map((box) => box.getBoundingClientRect().height);
    const scroller = picture.querySelector(".oom-fit") ?? picture;
    const tooWide = scroller.scrollWidth > scroller.clientWidth + 1;
    yield;
    boxes.forEach((box, i) => {
      if (heights[i] > (parseFloat(box.style.minHeight) || 0)) box.style.minHeight = `${heights[i]}px`;
    });
    // A picture too wide for the panel scrolls inside it; the keyboard must be able to do that.
    if (tooWide) scroller.tabIndex = 0;
    else scroller.removeAttribute("tabindex");
  }

  function* refitted() {
    const now = picture.getBoundingClientRect().width;
    if (now === width || now === 0) return;
    width = now;
    yield;
    for (const box of boxes) box.style.minHeight = "";
    const probe = probeOf(sentence, sentences);
    yield;
    const { height } = probe.getBoundingClientRect();
    yield;
    probe.remove();
    sentence.style.minHeight = `${height}px`;
    yield;
    yield* roomKept();
  }

  refits.set(picture, refitted);
  resizes.observe(picture);

  return {
    show,
    cursor,
    go,
    stop: () => {
      clearTimeout(rest);
      for (const one of machines) one.stop();
      refits.delete(picture);
      resizes.unobserve(picture);
    },
  };
}

// Another width: what each stage on the page does then. All are measured together, and written
// together: one that reads what another has just written makes the browser lay out the page anew.
const refits = new Map();
const resizes = new ResizeObserver((entries) => {
  inStep(entries.flatMap(({ target }) => refits.get(target)?.() ?? []));
});

// Runs generators side by side, from one `yield` to the next.
function inStep(running) {
  while (running.length) running = running.filter((one) => !one.next().done);
}

// An invisible copy of `box` in which `texts` lie on each other, as high as the tallest of them: the
// one with the most letters need not be the one with the most lines.
function probeOf(box, texts) {
  const probe = box.cloneNode(false);
  probe.removeAttribute("aria-live");
  probe.setAttribute("aria-hidden", "true");
  probe.style.cssText = "visibility:hidden;min-height:0;display:grid;grid-template-columns:100%";
  for (const text of texts) {
    const one = probe.appendChild(document.createElement("span"));
    one.style.gridArea = "1/1";
    one.textContent = text;
  }
  box.after(probe);
  return probe;
}

// Two panels may show the same picture: each copy gets ids of its own, and refers to those.
function withOwnIds(svg, copy) {
  return svg
    .replace(/(\sid="|url\(#|href="#)/g, `$1${copy}-`)
    .replace(/(\saria-(?:labelledby|describedby)=")([^"]*)/g, (_, name, ids) =>
      name + ids.split(" ").map((id) => `${copy}-${id}`).join(" "),
    );
}
