// A panel that fills the screen, for a lecture: by the browser, or else as a cover over the page.

function bringFullScreen(root, button) {
  const words = button.querySelector(".oom-hidden");
  let aside = []; // what a cover keeps from the keyboard

  const filled = () => root.hasAttribute("data-full");

  function mark(full) {
    if (full === filled()) return;
    const inside = root.contains(document.activeElement);
    root.toggleAttribute("data-full", full);
    button.title = words.textContent = full ? "Leave full screen" : "Full screen";
    if (full) return void (inside || button.focus());
    for (const element of aside) element.inert = false;
    aside = [];
    root.scrollIntoView({ block: "nearest" });
  }

  function cover() {
    for (let element = root; element !== document.body; element = element.parentElement) {
      for (const other of element.parentElement.children) {
        if (other !== element && !other.inert && !other.matches("script, style")) aside.push(other);
      }
    }
    for (const element of aside) element.inert = true;
    mark(true);
  }

  const changed = () => mark(document.fullscreenElement === root);
  document.addEventListener("fullscreenchange", changed);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !filled() || document.fullscreenElement === root) return;
    event.stopPropagation();
    mark(false);
  });
  button.addEventListener("click", async () => {
    if (document.fullscreenElement === root) return void document.exitFullscreen();
    if (filled()) return mark(false);
    try {
      await root.requestFullscreen();
    } catch {
      cover(); // telephones, and frames that forbid it
    }
  });
  return () => document.removeEventListener("fullscreenchange", changed);
}
