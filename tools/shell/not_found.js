(async () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  let mode = null;
  try {
    mode = localStorage.getItem("mode");
  } catch {
    // Where storage is refused, the system's setting is followed.
  }
  document.documentElement.dataset.theme = mode === "light" || mode === "dark" ? mode : dark ? "dark" : "light";
  const site = await findSite();
  const told = document.querySelector("#where");
  told.textContent = site ? "" : "Nor is the book found above this address.";
  if (!site) return;
  for (const link of document.querySelectorAll("a[data-to]")) link.href = site + link.dataset.to;
  document.querySelector("form").action = `${site}search.html`;
  document.querySelector("#ways").hidden = false;

  // The nearest folder above this address in which the book lies.
  async function findSite() {
    for (let at = new URL(".", location.href); ; at = new URL("..", at)) {
      const mark = await fetch(`${at.href}_static/favicon.svg`).catch(() => null);
      if (mark?.ok && (await mark.text()).includes("<svg")) return at.href;
      if (at.pathname === "/") return null;
    }
  }
})();
