// What a reader guesses: one of several options, a moment on the axis of time, or a wait between a task
// and a thing. A guess is a number; figures/stage/guess.py draws all that can be guessed.

// What belongs to the question in `form`: { read, write, words, otherwise, ask, show, focus }. `words` of a number
// are undefined if it is no guess; `show` puts the truth beside it, into the box where the two are compared.
function guessOf(form) {
  const drawn = form.querySelector(".oom-guess");
  if (!drawn) return guessOption([...form.querySelectorAll(".oom-options input")]);
  const picture = drawn.querySelector(".oom-machine");
  const [words, data] = JSON.parse(drawn.dataset.given);
  const kind = drawn.dataset.guess === "moment" ? guessMoment : guessWait;
  return {
    words: (number) => words[number],
    otherwise: () => "You thought otherwise:",
    ...kind(drawn, picture, words, data, form),
  };
}

function guessOption(options) {
  return {
    read: () => options.findIndex((one) => one.checked),
    write: (number) => (options[number].checked = true),
    words: (number) => options[number]?.closest("label").textContent,
    otherwise: () => "You thought otherwise:",
    ask: () => {},
    show: () => {},
    focus: () => (options.find((one) => one.checked) ?? options[0]).focus(),
  };
}

// A mark on the axis: a slider moves it, or the hand that goes along the lanes.
function guessMoment(drawn, picture, words, places, form) {
  const slider = drawn.querySelector("input");
  const says = drawn.querySelector(".oom-guess-says");
  const [you, truth] = ["you", "truth"].map((of) => picture.querySelector(`[data-of="${of}"]`));

  function tell() {
    const number = slider.valueAsNumber;
    you.style.left = `${places[number]}%`;
    you.classList.toggle("oom-m-left", places[number] > 55);
    says.textContent = words[number];
    slider.setAttribute("aria-valuetext", words[number]);
  }

  slider.addEventListener("input", tell);
  followHand(picture.querySelector(".oom-m-lanes"), places, () => !form.hidden, (number) => {
    slider.value = number;
    tell();
  });
  return {
    read: () => slider.valueAsNumber,
    write: (number) => {
      slider.value = number;
      tell();
    },
    otherwise: (number, right) => `It was decided ${number > right ? "sooner" : "later"} than you thought:`,
    ask: () => {
      truth.hidden = true;
      drawn.prepend(picture);
      tell();
    },
    show: (_number, _right, box) => {
      truth.hidden = false;
      box.prepend(picture);
    },
    focus: () => slider.focus(),
  };
}

// An arrow from a task to a thing: two lists say it, or the hand goes from one to the other, or taps both.
function guessWait(drawn, picture, words, [things, already]) {
  const [who, what] = ["who", "what"].map((end) => drawn.querySelector(`[data-end="${end}"]`));
  const edges = [...picture.querySelectorAll('[data-edge^="d-"]')];
  const numberOf = (edge) => {
    const [, task, thing] = edge.dataset.edge.split("-").map(Number);
    return task * things + thing;
  };
  const read = () => (who.value && what.value ? Number(who.value) * things + Number(what.value) : -1);

  function tell(right = -1) {
    const number = read();
    what.setCustomValidity(already.includes(number) ? "That wait is there already." : "");
    for (const edge of edges) {
      edge.toggleAttribute("data-on", [number, right].includes(numberOf(edge)));
      edge.toggleAttribute("data-truth", numberOf(edge) === right);
    }
    for (const [list, attribute] of [[who, "who"], [what, "what"]]) {
      for (const node of picture.querySelectorAll(`[data-${attribute}]`)) {
        node.toggleAttribute("data-picked", node.dataset[attribute] === list.value);
      }
    }
  }

  function pick({ clientX, clientY }) {
    const node = document.elementFromPoint(clientX, clientY)?.closest(".oom-m-node");
    if (!node || !picture.contains(node) || !drawn.contains(picture)) return;
    const list = "who" in node.dataset ? who : what;
    const value = node.dataset.who ?? node.dataset.what;
    if (list === who && held) return; // a task that the hand only comes across
    list.value = value;
    tell();
  }

  let held = false;
  picture.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pick(event);
    held = true;
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => held && pick(event));
  for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, () => (held = false));
  for (const list of [who, what]) list.addEventListener("change", () => tell());
  return {
    read,
    write: (number) => {
      who.value = Math.floor(number / things);
      what.value = number % things;
      tell();
    },
    ask: () => {
      drawn.prepend(picture);
      tell();
    },
    show: (_number, right, box) => {
      tell(right);
      box.prepend(picture);
    },
    focus: () => who.focus(),
  };
}
