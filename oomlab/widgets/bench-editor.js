// One text of the bench: a box with numbers beside its lines, what is wrong with it, and its C.

const MOST_ROWS = 26; // our choice: a longer text scrolls in its box

// `changed()` is called when the reader has changed the text.
function benchEditor(box, changed) {
  const [text, lines, wrong, c] = ["textarea", ".oom-bench-lines", ".oom-bench-wrong", ".oom-bench-c"].map(
    (name) => box.querySelector(name),
  );

  function number() {
    const count = text.value.split("\n").length;
    text.rows = Math.min(Math.max(count, 3), MOST_ROWS) + 1;
    const missing = count - lines.children.length;
    for (let i = 0; i < missing; i += 1) lines.append(document.createElement("span"));
    for (let i = 0; i > missing; i -= 1) lines.lastChild.remove();
    lines.scrollTop = text.scrollTop;
  }

  function mark(line, message) {
    for (const one of lines.querySelectorAll("[data-wrong]")) one.removeAttribute("data-wrong");
    lines.children[line - 1]?.setAttribute("data-wrong", "");
    text.toggleAttribute("aria-invalid", line > 0);
    wrong.hidden = !line;
    wrong.textContent = line ? `Line ${line}: ${message}` : "";
  }

  // A new line begins where the one before it does; behind a colon, further in.
  function indent(event) {
    const before = text.value.slice(0, text.selectionStart).split("\n").at(-1);
    const blanks = /^ */.exec(before)[0] + (/:\s*$/.test(before) ? "    " : "");
    if (!blanks || event.isComposing) return;
    event.preventDefault();
    // Like typing, so that "undo" takes it back.
    if (!document.execCommand("insertText", false, `\n${blanks}`)) {
      text.setRangeText(`\n${blanks}`, text.selectionStart, text.selectionEnd, "end");
      edited();
    }
  }

  function edited() {
    number();
    mark(0);
    c.dataset.old = "";
    changed();
  }

  text.addEventListener("input", edited);
  text.addEventListener("scroll", () => (lines.scrollTop = text.scrollTop));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey) indent(event);
  });
  number();

  return {
    mark,
    read: () => text.value,
    write(value) {
      text.value = value;
      number();
      mark(0);
    },
    // `made`: the text as C, "" where it has none; null: not known.
    showC(made) {
      c.textContent = made ?? "";
      if (made === null) c.dataset.old = "";
      else delete c.dataset.old;
      c.parentElement.hidden = made === "";
    },
    // Puts the cursor at the beginning of a line.
    goTo(line) {
      const at = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      text.focus();
      text.setSelectionRange(at, at);
    },
  };
}
