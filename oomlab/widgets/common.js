// What panels and log readers share.

// Counted in the document, because a notebook runs this script once for each panel.
function nextCopy() {
  const { dataset } = document.documentElement;
  dataset.oomCopies = Number(dataset.oomCopies ?? 0) + 1;
  return `c${dataset.oomCopies}`;
}

const asSentence = (text) =>
  text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

// Prefixes every id in a panel's or reader's controls, so that two copies of one panel in a page (a cell shown twice)
// keep their own labels.
function makeIdsUnique(root, copy) {
  for (const name of ["id", "for", "list", "aria-describedby"]) {
    for (const element of root.querySelectorAll(`.oom-control [${name}]`)) {
      element.setAttribute(name, `${copy}-${element.getAttribute(name)}`);
    }
  }
}
