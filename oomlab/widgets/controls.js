// The controls of a panel in the page, and the arithmetic that finds a stored result.

// One control: `read` and `write` its value, `tell` it beside a slider, put it in `words`.
function control(spec, form) {
  const inputs = [...form.querySelectorAll(`[name="${spec.name}"]`)];
  const [first] = inputs;
  const common = { name: spec.name, label: spec.label, tell: () => {}, focus: () => first.focus() };
  if (spec.kind === "toggle") {
    return {
      ...common,
      read: () => first.checked,
      write: (value) => (first.checked = value),
      words: (value) => (value ? "yes" : "no"),
    };
  }
  if (spec.kind === "slider") {
    const output = first.parentElement.querySelector("output");
    const say = (value) => `${value} ${spec.unit}`.trim();
    return {
      ...common,
      read: () => first.valueAsNumber,
      write: (value) => (first.value = value),
      words: say,
      tell: () => {
        output.textContent = say(first.valueAsNumber);
        first.setAttribute("aria-valuetext", output.textContent);
      },
    };
  }
  if (spec.kind === "stepper") {
    const output = first.parentElement.querySelector("output");
    const say = (value) => `${value} of ${spec.values.at(-1)}`;
    const markButtons = bringStepperToLife(spec, first, form);
    return {
      ...common,
      read: () => first.valueAsNumber,
      write: (value) => (first.value = value),
      words: say,
      tell: () => {
        output.textContent = say(first.valueAsNumber);
        first.setAttribute("aria-valuetext", output.textContent);
        markButtons();
      },
    };
  }
  const isList = first.tagName === "SELECT";
  const picked = () => (isList ? first.selectedIndex : inputs.findIndex((one) => one.checked));
  const pick = (i) => (isList ? (first.selectedIndex = i) : (inputs[i].checked = true));
  return {
    ...common,
    read: () => spec.values[picked()],
    write: (value) => pick(spec.values.indexOf(value)),
    words: (value) => spec.texts[spec.values.indexOf(value)],
    focus: () => (isList ? first : inputs[picked()]).focus(),
  };
}

// The stored answer for `values`, or null. grid.py says how the points are ordered.
function storedAnswer({ controls, grid }, values) {
  let place = 0;
  for (const [i, spec] of controls.entries()) {
    const digit = spec.values.findIndex((stored) => same(spec, stored, values[i]));
    if (digit < 0) return null;
    place = place * spec.values.length + digit;
  }
  const point = grid.points[place];
  if (point.length === 1) return { error: grid.errors[point[0]] };
  const [picture, sentence, twin] = point;
  return { picture: grid.pictures[picture], sentence: grid.sentences[sentence], twin: grid.twins[twin] };
}

// Only a slider can be between stored values.
function nearestStored(spec, value) {
  if (spec.kind !== "slider") return value;
  const distance = (stored) => Math.abs(stored - value);
  return spec.values.reduce((best, stored) => (distance(stored) < distance(best) ? stored : best));
}

function same(spec, stored, value) {
  return spec.kind === "slider" ? Math.abs(stored - value) < spec.step * 1e-6 : stored === value;
}
