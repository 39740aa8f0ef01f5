// What must be so before a page is drawn. Every page waits for this file, so it does no more.

// Where storage is refused (in a sandboxed frame, or by the reader), the theme's scripts would stop.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].getItem("mode");
  } catch {
    const kept = new Map();
    const getItem = (key) => kept.get(key) ?? null;
    const setItem = (key, text) => kept.set(key, String(text));
    const removeItem = (key) => kept.delete(key);
    Object.defineProperty(window, name, { value: { getItem, setItem, removeItem } });
  }
}

// Light or dark, as the reader has chosen here before, or has the system set. The theme's script
// does the same, and later: a dark page would be drawn light at first.
{
  const { dataset } = document.documentElement;
  const kept = localStorage.getItem("mode");
  dataset.mode = ["light", "dark"].includes(kept) ? kept : "auto";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  dataset.theme = dataset.mode !== "auto" ? dataset.mode : dark ? "dark" : "light";
}

// When the script of panels and games does not come: why, in place of a sentence that only says so.
addEventListener(
  "error",
  async ({ target, filename }) => {
    const url = target.src ?? filename;
    if (!url?.includes("/oom-panel/")) return;
    const late = `The controls have not started: ${await why(url)}.`;
    const tell = () => document.querySelectorAll(".oom-late").forEach((one) => (one.textContent = late));
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", tell);
    else tell();

    async function why(url) {
      if (location.protocol === "file:") return "this file was opened without the files that belong to it";
      if (filename) return "their script is damaged, or this browser is too old for it";
      if (self.origin === "null") return "this sandboxed frame does not get their script from the site";
      const answer = await fetch(url).catch(() => null);
      if (!answer) return "their script cannot be reached";
      if (!answer.ok) return `their script is missing on this site (${answer.status})`;
      const type = (answer.headers.get("content-type") ?? "").split(";")[0] || "no type at all";
      if (/(java|ecma)script/.test(type)) return "a policy of this site does not let their script run";
      return `the server sends their script as ${type}, and browsers run no script of that type`;
    }
  },
  true,
);
