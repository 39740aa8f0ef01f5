// The controls of a panel in the page, and the arithmetic that finds a stored result.

// One control: `read` and `write` its value, `tell` it beside a slider, put it in `words`, and `parse`
// a text that should be one (undefined: it is none).
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
      parse: (text) => ({ true: true, false: false })[text],
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
      parse: (text) => (/^-?\d+(\.\d+)?$/.test(text) && isOn(first, Number(text)) ? Number(text) : undefined),
      // Has it positions that are not stored?
      sparse: (first.max - first.min) / first.step + 1 > spec.values.length,
      tell: () => {
        output.textContent = say(first.valueAsNumber);
        first.setAttribute("aria-valuetext", output.textContent);
      },
    };
  }
  if (spec.kind === "setup") return { ...common, ...setup(first) };
  const isList = first.tagName === "SELECT";
  const picked = () => (isList ? first.selectedIndex : inputs.findIndex((one) => one.checked));
  const pick = (i) => (isList ? (first.selectedIndex = i) : (inputs[i].checked = true));
  const options = spec.options ?? spec.values; // of which spec.values are stored
  return {
    ...common,
    read: () => options[picked()],
    write: (value) => pick(options.indexOf(value)),
    words: (value) => spec.texts[options.indexOf(value)],
    parse: (text) => options.find((value) => String(value) === text),
    takes: (value) => options.includes(value),
    sparse: options.length > spec.values.length,
    focus: () => (isList ? first : inputs[picked()]).focus(),
  };
}

// Is `value` a position of a slider?
function isOn({ min, max, step }, value) {
  const steps = (value - min) / step;
  return value >= min && value <= Number(max) && Math.abs(steps - Math.round(steps)) < 1e-6;
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

function nearestStored(spec, value) {
  if (spec.kind !== "slider") return spec.values.includes(value) ? value : spec.values[0];
  const distance = (stored) => Math.abs(stored - value);
  return spec.values.reduce((best, stored) => (distance(stored) < distance(best) ? stored : best));
}

function same(spec, stored, value) {
  return spec.kind === "slider" ? Math.abs(stored - value) < spec.step * 1e-6 : stored === value;
}
