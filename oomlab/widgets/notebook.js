// What a panel or a game needs in a notebook only.

// Puts a widget's HTML into the element that a notebook gives it. The copy that the notebook keeps
// of the same widget (shown.py) hides when it sees the key.
function rendered(model, el) {
  el.innerHTML = model.get("html"); // written in Python, which escapes every text in it
  const root = el.firstElementChild;
  root.dataset.oomLive = model.get("key");
  leaveKeysTo(root);
  markDarkness();
  return root;
}

// VS Code and Colab have marks of their own for a dark notebook. The sheets know that of JupyterLab,
// which therefore is put there too, and follows.
function markDarkness() {
  const { body, documentElement: html } = document;
  if ("jpThemeLight" in body.dataset || !(/vscode-/.test(body.className) || html.hasAttribute("theme"))) return;
  const follow = () => {
    const contrast = body.matches(".vscode-high-contrast:not(.vscode-high-contrast-light)");
    const dark = contrast || body.matches(".vscode-dark, [theme=dark] > *");
    body.dataset.jpThemeLight = String(!dark);
  };
  follow();
  new MutationObserver(follow).observe(body, { attributeFilter: ["class"] });
  new MutationObserver(follow).observe(html, { attributeFilter: ["theme"] });
}

// JupyterLab would take arrow keys and Space for its own shortcuts, even in a slider. It asks the
// element that has the focus, so the mark is needed on each, not on the panel.
function leaveKeysTo(root) {
  for (const one of root.querySelectorAll("input, select, button, a, summary, [tabindex]")) {
    one.dataset.lmSuppressShortcuts = "true";
  }
}
