// A control that sets up a machine. Its value is a line, "scenario/remedy/name=value,.../seed"; what
// can be set depends on the scenario, so the fields for that are made here.

const SETUP = /^([\w-]{1,60})\/([\w+-]{1,80})\/([\w.=,-]{0,1000})\/(\d{1,9})$/;

function setup(hidden) {
  const box = hidden.closest(".oom-setup");
  const { groups, remedies, parameters } = JSON.parse(box.querySelector("script").textContent);
  const part = (name) => box.querySelector(`[data-part="${name}"]`);
  const [scenario, remedy, kernel, seed, more] = ["scenario", "remedy", "kernel", "seed", "more"].map(part);
  const fields = box.querySelector(".oom-set");
  const about = new Map(Object.values(groups).flat().map(([name, said]) => [name, said]));
  const known = new Map(Object.values(groups).flat().map(([name, , numbers]) => [name, numbers]));
  const of = (name) => known.get(name).map((number) => parameters[number]);
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
    const label = made("label", { htmlFor: ident }, made("code", {}, one.name), ` ${one.meaning}`);
    const away = made("button", { type: "button" }, "As usual");
    away.setAttribute("aria-label", `${one.name} as usual`);
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
    scenario.nextElementSibling.textContent = about.get(scenario.value);
    remedy.nextElementSibling.textContent = remedies[remedy.value];
    const taken = ["kernel", ...set().map((input) => input.dataset.set)];
    const names = of(scenario.value).map((one) => one.name).filter((one) => !taken.includes(one));
    more.replaceChildren(
      made("option", { value: "" }, "choose …"),
      ...names.sort().map((name) => made("option", {}, name)),
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
    words: (value) => value,
    parse: (text) => (parse(text) ? text : undefined),
    takes: (value) => parse(value) !== null,
    sparse: true,
    focus: () => scenario.focus(),
  };
}
