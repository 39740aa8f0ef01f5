// The buttons of a stepper. They only set its slider and say so, as if the reader had dragged it.

const BEAT_MS = 1500; // our choice: long enough to read one sentence

function bringStepperToLife(spec, input, form) {
  const box = input.closest(".oom-stepper");
  const buttons = [...box.querySelectorAll("[data-go]")];
  const play = box.querySelector("[data-go='play']");
  const last = spec.values.at(-1);
  const panel = form.closest(".oom-panel");
  let beat = 0; // the timer while the stepper plays
  let moving = false; // is the present change our own?

  // Where each button leads from step `at`; -1 if nowhere. Step s was made by task spec.by[s - 1].
  const ahead = (at, wanted) => {
    for (let step = at + 1; step <= last; step++) if (wanted(step)) return step;
    return -1;
  };
  const target = (button, at) => {
    switch (button.dataset.go) {
      case "first":
        return at > 0 ? 0 : -1;
      case "back":
        return at - 1;
      case "forward":
      case "play":
        return at < last ? at + 1 : -1;
      case "last":
        return at < last ? last : -1;
      case "matters":
        return ahead(at, (step) => spec.stops.includes(step));
      default:
        return ahead(at, (step) => spec.by[step - 1] === Number(button.dataset.task));
    }
  };

  const go = (step) => {
    moving = true;
    input.value = step;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    moving = false;
  };

  // While a run plays, its sentences would pile up in a screen reader. They are silent then; the one
  // at which it stops is put in anew, so that it is read.
  const stop = () => {
    if (!beat) return;
    clearInterval(beat);
    beat = 0;
    play.textContent = "Play";
    const sentence = panel.querySelector(".oom-sentence");
    sentence.setAttribute("aria-live", "polite");
    sentence.replaceChildren(sentence.textContent);
  };

  const start = () => {
    if (input.valueAsNumber === last) go(0);
    play.textContent = "Pause";
    panel.querySelector(".oom-sentence").setAttribute("aria-live", "off");
    beat = setInterval(() => {
      if (!box.isConnected) return stop(); // the panel is gone, its timer is not
      if (input.valueAsNumber < last) go(input.valueAsNumber + 1);
      if (input.valueAsNumber === last) stop();
    }, BEAT_MS);
  };

  box.addEventListener("click", ({ target: clicked }) => {
    const button = clicked.closest("[data-go]");
    if (!button) return;
    if (button === play) return beat ? stop() : start();
    stop();
    const step = target(button, input.valueAsNumber);
    if (step >= 0) go(step);
  });
  form.addEventListener("input", () => moving || stop());
  panel.addEventListener("focusout", ({ relatedTarget }) => panel.contains(relatedTarget) || stop());
  document.addEventListener("visibilitychange", function hide() {
    if (document.hidden) stop();
    if (!box.isConnected) document.removeEventListener("visibilitychange", hide);
  });

  // A button that leads nowhere stays where it is, and keeps the focus, but says so.
  return () => {
    for (const button of buttons) {
      const nowhere = button !== play && target(button, input.valueAsNumber) < 0;
      button.setAttribute("aria-disabled", String(nowhere));
    }
  };
}
