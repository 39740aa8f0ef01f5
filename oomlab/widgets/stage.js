// The place where a panel shows things: picture, sentence and text twin, kept in size.

function stage(root, copy, sentences) {
  const [picture, sentence, twin] = ["picture", "sentence", "twin"].map((name) =>
    root.querySelector(`.oom-${name}`),
  );
  const boxes = [picture, sentence, twin];
  let width = 0;

  function show(answer) {
    // The picture is put in as HTML because it comes from oomlab's own renderer, which escapes the
    // texts it draws. Everything else goes through textContent.
    picture.innerHTML = withOwnIds(answer.picture, copy);
    if (sentence.textContent !== answer.sentence) sentence.textContent = answer.sentence;
    twin.textContent = answer.twin;
    keepRoom();
  }

  // The page must not jump: as long as the width is the same, no box gets smaller than it has been.
  function keepRoom() {
    for (const box of boxes) {
      const height = box.getBoundingClientRect().height;
      if (height > (parseFloat(box.style.minHeight) || 0)) box.style.minHeight = `${height}px`;
    }
    // A picture too wide for the panel scrolls inside it; the keyboard must be able to do that.
    if (picture.scrollWidth > picture.clientWidth + 1) picture.tabIndex = 0;
    else picture.removeAttribute("tabindex");
  }

  const resizes = new ResizeObserver(() => {
    const now = picture.getBoundingClientRect().width;
    if (now === width || now === 0) return;
    width = now;
    for (const box of boxes) box.style.minHeight = "";
    sentence.style.minHeight = `${heightOfLongest(sentence, sentences)}px`;
    keepRoom();
  });
  resizes.observe(picture);

  return { show, stop: () => resizes.disconnect() };
}

// The height the longest of `texts` would have in `box`, measured on an invisible copy of it.
function heightOfLongest(box, texts) {
  const probe = box.cloneNode(false);
  probe.removeAttribute("aria-live");
  probe.setAttribute("aria-hidden", "true");
  probe.style.cssText = "visibility:hidden;min-height:0";
  probe.textContent = texts.reduce((longest, text) => (text.length > longest.length ? text : longest));
  box.after(probe);
  const { height } = probe.getBoundingClientRect();
  probe.remove();
  return height;
}

// Two panels may show the same picture: each copy gets ids of its own, and refers to those.
function withOwnIds(svg, copy) {
  return svg
    .replace(/(\sid="|url\(#|href="#)/g, `$1${copy}-`)
    .replace(/(\saria-(?:labelledby|describedby)=")([^"]*)/g, (_, name, ids) =>
      name + ids.split(" ").map((id) => `${copy}-${id}`).join(" "),
    );
}
