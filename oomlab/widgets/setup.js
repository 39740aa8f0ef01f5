// A control that sets up a machine. Its value is a line, "scenario/remedy/name=value,.../seed"; what
// can be set depends on the scenario, so the fields for that are made here.

const SETUP = /^([\w-]{1,60})\/([\w+-]{1,80})\/([\w.=,-]{0,1000})\/(\d{1,9})$/;

function setup(hidden) {
  const box = hidden.closest(".oom-setup");
  const { groups, remedies, parameters } = JSON.parse(box.querySelector("script").textContent);
  const part = (name) => box.querySelector(`[data-part="${name}"]`);
  const [scenario, remedy, kernel, seed, more] = ["scenario", "remedy", "kernel", "seed", "more"].map(part);
  const fields = box.querySelector(".oom-set");
  const known = new Map(
    Object.values(groups).flat().map(([name, title, about, numbers]) => [name, { title, about, numbers }]),
  );
  const of = (name) => known.get(name).numbers.map((number) => parameters[number]);
  const usual = (name, what) => String(of(name).find((one) => one.name === what).usual);
  const made = (tag, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  };
  const set = () => [...fields.querySelectorAll("[data-set]")];

  // Name and value of all that a line sets, or null for one that sets what there is not.
  function parse(line) {
    const [, name, how, given, drawn] = String(line).match(SETUP) ?? [];
    const hasOption = (list, value) => [...list.options].some((one) => one.value === value);
    if (!known.has(name) || !hasOption(remedy, how)) return null;
    const values = new Map(given.split(",").filter(Boolean).map((one) => one.split("=", 2)));
    const names = of(name).map((one) => one.name);
    const release = values.get("kernel") ?? usual(name, "kernel");
    if (!hasOption(kernel, release) || ![...values.keys()].every((one) => names.includes(one))) return null;
    values.delete("kernel"); // it has a field of its own
    return { name, how, values, release, drawn };
  }

  function field(one, value) {
    const ident = `${seed.id}-${one.name}`;
    const input = one.only
      ? made("select", {}, ...one.only.map((option) => made("option", {}, String(option))))
      : made("input", { type: "number", min: one.least, max: one.most ?? "", step: one.whole ? 1 : "any" });
    input.id = ident;
    input.dataset.set = one.name;
    input.value = value;
    const label = made("label", { htmlFor: ident }, one.meaning);
    const away = made("button", { type: "button" }, "As usual");
    away.setAttribute("aria-label", `As usual: ${one.words}`);
    away.addEventListener("click", () => {
      row.remove();
      offer();
      more.focus();
      hidden.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const row = made("div", {}, label, made("div", {}, input, away));
    fields.append(row);
    leaveKeysTo(row); // in a notebook
    return input;
  }

  // What is not set yet can be. Beside the lists it is said what is chosen.
  function offer() {
    scenario.nextElementSibling.textContent = known.get(scenario.value).about;
    remedy.nextElementSibling.textContent = remedies[remedy.value][1];
    const taken = ["kernel", ...set().map((input) => input.dataset.set)];
    const left = of(scenario.value).filter(({ name }) => !taken.includes(name));
    left.sort((a, b) => a.words.localeCompare(b.words));
    more.replaceChildren(
      made("option", { value: "" }, "choose …"),
      ...left.map(({ name, words }) => made("option", { value: name }, words)),
    );
  }

  function write(line) {
    const found = parse(line);
    if (!found) return;
    scenario.value = found.name;
    remedy.value = found.how;
    kernel.value = found.release;
    seed.value = found.drawn;
    fields.replaceChildren();
    for (const one of of(found.name)) if (found.values.has(one.name)) field(one, found.values.get(one.name));
    offer();
    hidden.value = line;
  }

  function read() {
    const values = new Map([["kernel", kernel.value], ...set().map((input) => [input.dataset.set, input.value])]);
    // In the order of the parameters, and without what is as usual: equal machines, equal lines.
    const given = of(scenario.value)
      .filter(({ name, usual }) => ![undefined, "", String(usual)].includes(values.get(name)))
      .map(({ name }) => `${name}=${values.get(name)}`);
    return `${scenario.value}/${remedy.value}/${given.join(",")}/${seed.value || 0}`;
  }

  // What a line sets, for people, as views/sandbox.py says it.
  function words(line) {
    const { name, how, values, release, drawn } = parse(line);
    const given = of(name).filter((one) => values.has(one.name));
    return [
      known.get(name).title,
      remedies[how][0],
      ...given.map((one) => `${one.words}: ${values.get(one.name)}`),
      ...(release === usual(name, "kernel") ? [] : [`Linux ${release}`]),
      ...(drawn === "0" ? [] : [`seed ${drawn}`]),
    ].join("; ");
  }

  // Settings that the new scenario does not have go, the others stay.
  function changeScenario() {
    const names = of(scenario.value).map((one) => one.name);
    for (const input of set()) if (!names.includes(input.dataset.set)) input.parentElement.parentElement.remove();
    offer();
  }

  box.addEventListener("input", (event) => {
    if (event.target === more) {
      event.stopPropagation(); // nothing is another value yet
      const one = of(scenario.value).find(({ name }) => name === more.value);
      if (!one) return;
      const input = field(one, one.usual);
      offer();
      input.focus();
      return;
    }
    if (event.target === scenario) changeScenario();
    else offer();
    hidden.value = read();
  });
  write(hidden.value);
  return {
    read: () => hidden.value,
    write,
    words,
    parse: (text) => (parse(text) ? text : undefined),
    takes: (value) => parse(value) !== null,
    sparse: true,
    focus: () => scenario.focus(),
  };
}
