// A name in the text and the thing in the pictures light each other up: under the pointer, and where the
// keyboard is.

function lightUpThings(page) {
  const selector = ".oom-chip, [data-thing]";
  const nameOf = (element) =>
    element && (element.dataset.thing ?? element.textContent.trim().replace(/\(\)$/, ""));
  let lit = [];

  // What of the pictures is called so; of a routine also the lines that call it.
  function drawn(name) {
    const found = [...page.querySelectorAll("[data-thing]")].filter((one) => nameOf(one) === name);
    const routine = found.some((one) => one.matches(".oom-m-list"));
    if (!routine) return found;
    const calls = [...page.querySelectorAll(".oom-m-list li")].filter((line) =>
      new RegExp(`\\b${name.replace(/\W/g, "\\$&")}\\(`).test(line.textContent),
    );
    return [...found, ...calls];
  }

  function light(name) {
    for (const element of lit) element.removeAttribute("data-lit");
    lit = [];
    if (!name) return;
    const things = drawn(name);
    if (!things.length) return; // a word about what no picture here shows stays a word
    const words = [...page.querySelectorAll(".oom-chip")].filter((one) => nameOf(one) === name);
    lit = [...things, ...words];
    for (const element of lit) element.setAttribute("data-lit", "");
  }

  // The keyboard comes to a word that a picture answers, once in each section.
  const met = new Set();
  for (const chip of page.querySelectorAll(".oom-chip")) {
    const name = nameOf(chip);
    if (chip.closest("a, button, h1, h2, h3, [data-thing]") || !drawn(name).length) continue;
    chip.dataset.drawn = "";
    const section = chip.closest("section")?.id ?? "";
    if (met.has(`${section} ${name}`)) continue;
    met.add(`${section} ${name}`);
    chip.tabIndex = 0;
  }

  page.addEventListener("pointerover", ({ target }) => light(nameOf(target.closest?.(selector))));
  page.addEventListener("pointerleave", () => light(null));
  page.addEventListener("focusin", ({ target }) => light(nameOf(target.closest?.(selector))));
  page.addEventListener("focusout", () => light(null));
}
