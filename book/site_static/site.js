// What the frame of the pages does beside the theme's own scripts; joined to them in shell.js.

{
  // The theme has these two in attributes of their buttons, which the site's policy forbids.
  const deeds = { print: () => print(), fullscreen: () => toggleFullScreen() };
  for (const button of document.querySelectorAll("button[data-do]")) {
    button.addEventListener("click", deeds[button.dataset.do]);
  }
  // Slides and notebooks are made after the book, if at all: where, says a list that is read when a
  // reader first comes near the menu of a page.
  const ADDED = {
    slides: ["Slides of this page", "fas fa-expand"],
    notebooks: ["Jupyter in this browser", "fas fa-code"],
  };
  const part = (name, className, ...inside) => {
    const made = document.createElement(name);
    made.className = className;
    made.append(...inside);
    return made;
  };
  const menu = document.querySelector(".dropdown-launch-buttons");
  const home = new URL(document.documentElement.dataset.content_root, location.href);
  let asked = false;
  async function addWays() {
    if (asked || origin === "null") return; // a page from a file, or in a sandbox, may fetch nothing
    asked = true;
    const read = async () => (await fetch(new URL("_static/ways.json", home))).json();
    const ways = await read().catch(() => null);
    if (!ways) asked = false; // later there may be a network again
    const page = location.pathname.slice(home.pathname.length).replace(/\.html$/, "");
    for (const [kind, [words, icon]] of Object.entries(ADDED)) {
      const path = ways?.[kind]?.[page];
      if (!path) continue;
      const drawn = part("i", icon);
      drawn.ariaHidden = "true";
      const texts = [part("span", "btn__icon-container", drawn), " ", part("span", "btn__text-container", words)];
      const link = part("a", "btn btn-sm dropdown-item", ...texts);
      link.href = new URL(path, home);
      menu.querySelector("ul").append(part("li", "", link));
    }
  }
  for (const kind of ["pointerenter", "focusin"]) menu?.addEventListener(kind, addWays);
  // The buttons that copy code have their name in a picture's title alone, which not every browser reads out.
  addEventListener("load", () => {
    for (const button of document.querySelectorAll(".copybtn")) {
      button.setAttribute("aria-label", button.dataset.tooltip);
    }
  });
}
