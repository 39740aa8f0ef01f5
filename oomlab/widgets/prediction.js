// The question before the picture: the reader commits to an answer, or skips, and then sees. What
// was answered stays on the device, and can be forgotten. An answer is a number (guess.js).

const PREDICTIONS = "oomlab.predictions"; // where the answers are kept: {page, panel, question: number}

// `inPage`: what follows the panel in its section may explain the answer, so it waits as well. Returns
// { reveal }, or null where nothing is asked.
function askPrediction(root, inPage) {
  const form = root.querySelector(".oom-prediction");
  if (!form) return null;
  const part = (name) => root.querySelector(`.oom-${name}`);
  const [body, compare, model, judged] = ["body", "compare", "model", "judged"].map(part);
  const guess = guessOf(form);
  const right = Number(form.dataset.right ?? -1);
  // The same question may be asked of two pictures, and two pages may have a picture of one name.
  const key = `${pageName()} ${root.dataset.fig} ${form.querySelector("legend").textContent}`;
  const rest = inPage ? restOfSection(root) : [];
  // What the model says at the start values, unless the author wrote a sentence of her own.
  if (!model.textContent) model.textContent = part("sentence").textContent;

  function ask() {
    form.hidden = false;
    body.hidden = true;
    compare.hidden = true;
    for (const element of rest) element.hidden = "until-found";
    form.querySelector("fieldset").disabled = false;
    guess.ask();
  }

  function reveal() {
    form.hidden = true;
    body.hidden = false;
    for (const element of rest) {
      element.hidden = false;
      // The keyboard comes to code that scrolls; the theme has looked for that while this was hidden.
      for (const code of element.querySelectorAll("pre")) {
        if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
      }
    }
  }

  function answered(number) {
    const had = number === right;
    const said = guess.words(number);
    part("predicted").textContent = right < 0 ? said : `${had ? "✓" : "✗"} ${said}`;
    if (judged) judged.textContent = had ? "You had it." : guess.otherwise(number, right);
    compare.dataset.had = had;
    compare.hidden = false;
    reveal();
    guess.show(number, right, compare);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = guess.read();
    kept({ [key]: number });
    answered(number);
    compare.focus(); // the button that had the focus is gone
  });
  part("skip").addEventListener("click", () => {
    reveal();
    const control = body.querySelector("input:checked, input:not([type=radio]), select");
    (control ?? body.querySelector("a, button, summary")).focus(); // a picture may have none
  });
  part("again").addEventListener("click", () => {
    kept({ [key]: undefined });
    ask();
    guess.focus();
  });
  part("forget").addEventListener("click", () => {
    kept(null);
    part("forget").textContent = "All forgotten";
  });
  // Whoever finds a word in it, or follows a link into it, has not come to be asked.
  for (const element of rest) element.addEventListener("beforematch", reveal);

  ask();
  const before = kept()[key];
  if (Number.isInteger(before) && guess.words(before) !== undefined) {
    guess.write(before);
    answered(before);
  } else if (leadsInto(rest)) reveal();
  return { reveal };
}

// Does the address name a place in one of `elements`?
function leadsInto(elements) {
  const target = document.getElementById(decoded(location.hash.slice(1)));
  return Boolean(target) && elements.some((element) => element.contains(target));
}

// The answers on this device, after `changes` to them; null forgets all. Where nothing may be kept, or
// nothing more, there are none. They are read anew each time: another tab may have written.
function kept(changes = {}) {
  try {
    if (!changes) localStorage.removeItem(PREDICTIONS);
    const now = { ...JSON.parse(localStorage.getItem(PREDICTIONS) ?? "{}"), ...changes };
    if (changes && Object.keys(changes).length) localStorage.setItem(PREDICTIONS, JSON.stringify(now));
    return now;
  } catch {
    return {};
  }
}

// The page's path in the site, wherever that is.
function pageName() {
  const base = siteBase();
  const root = base ? new URL("..", base).pathname : "/";
  return location.pathname.slice(location.pathname.startsWith(root) ? root.length : 0);
}

// The elements behind the panel, up to the next question or heading.
function restOfSection(root) {
  const found = [];
  let element = (root.closest("section > *") ?? root).nextElementSibling;
  for (; element && !element.matches("section, nav, footer"); element = element.nextElementSibling) {
    if (element.querySelector(".oom-prediction")) break; // what is behind that one is its own
    found.push(element);
  }
  return root.closest("section") ? found : [];
}
