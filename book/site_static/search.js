// A search shows where its words stand in the prose of a page: not in its panels, and not in code.
// Loaded on the page of the search only, after the search's own script and before its index.

{
  const NO_PROSE = [
    "script, style, noscript, svg, nav, button, h1, .headerlink, .cell_input, details.above-input",
    ".oom-box, .oom-code, .oom-machine, .oom-source, .highlight, [hidden]",
  ].join(", ");
  const BEFORE = 90;
  const LENGTH = 240; // our choice, as is that above: three lines

  // The text of a page, or of the part of it at `anchor`.
  Search.htmlToText = (html, anchor) => {
    const article = new DOMParser().parseFromString(html, "text/html").querySelector("article");
    if (!article) return "";
    article.querySelectorAll(NO_PROSE).forEach((one) => one.remove());
    article.querySelectorAll("dt").forEach((one) => one.append(":"));
    article.querySelectorAll("dt, dd, p, li, td, th, h1, h2, h3, h4").forEach((one) => one.append(" "));
    const part = anchor ? article.querySelector(`#${CSS.escape(anchor.replace(/^#/, ""))}`) : null;
    // A definition's anchor stands on its word; what explains it comes next.
    const shown = part?.closest("dt")?.nextElementSibling ?? part;
    return (shown || article).textContent.replace(/\s+/g, " ").trim();
  };

  // A paragraph with the first place at which one of the words begins, cut between words.
  Search.makeSearchSummary = (html, keywords, anchor) => {
    const text = Search.htmlToText(html, anchor);
    if (!text) return null;
    const small = text.toLowerCase();
    const at = [...keywords].map((word) => small.indexOf(word.toLowerCase())).filter((i) => i > -1);
    const from = Math.max(0, Math.min(...at, text.length) - BEFORE);
    const begin = at.length && from ? text.indexOf(" ", from) + 1 : 0;
    const rest = text.slice(begin);
    const cut = rest.length > LENGTH ? rest.slice(0, rest.lastIndexOf(" ", LENGTH)) : rest;
    const summary = document.createElement("p");
    summary.className = "context";
    summary.textContent = `${begin ? "… " : ""}${cut}${cut === rest ? "" : " …"}`;
    return summary;
  };

  const field = document.querySelector(".bd-search-container form.bd-search input");
  field?.focus();
  field?.select();
}
