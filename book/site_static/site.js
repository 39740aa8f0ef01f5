// What the frame of the pages does beside the theme's own scripts; joined to them in shell.js.

{
  // The theme has these two in attributes of their buttons, which the site's policy forbids.
  const deeds = { print: () => print(), fullscreen: () => toggleFullScreen() };
  for (const button of document.querySelectorAll("button[data-do]")) {
    button.addEventListener("click", deeds[button.dataset.do]);
  }
  // The buttons that copy code have their name in a picture's title alone, which not every browser reads out.
  addEventListener("load", () => {
    for (const button of document.querySelectorAll(".copybtn")) {
      button.setAttribute("aria-label", button.dataset.tooltip);
    }
  });
}
