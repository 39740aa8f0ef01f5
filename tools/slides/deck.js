// A deck (tools/slides): by reveal.js where there is room for slides, and else one slide below the
// other, as without a script and on paper. Or, with "?notes", what the speaker has before her.
//
// reveal.js has a window for speakers, too: an empty page into which it writes a script, which a page
// with the site's policy must not run. Ours is the deck itself once more; the two hear each other.
(() => {
  "use strict";

  const ROOM = matchMedia("(min-width: 48em) and (min-height: 30em)");
  const STILL = matchMedia("(prefers-reduced-motion: reduce)");
  const A_SCREEN = 0.85; // our choice: so much of a long slide goes by at once
  const page = document.documentElement;
  const root = document.querySelector(".deck");
  const slides = [...root.querySelectorAll(".slides > section")];
  const speaks = new URLSearchParams(location.search).has("notes");
  const line = typeof BroadcastChannel === "function" ? new BroadcastChannel(`oomlab slides ${location.pathname}`) : null;
  const button = (name) => root.querySelector(`.deck-bar [data-do="${name}"]`);
  const place = root.querySelector(".deck-at");
  let deck = null; // reveal.js, while it has the page
  let at = 0;
  let wanted = null; // a slide that was asked for before there was a deck

  // -- slides ------------------------------------------------------------------------------------

  function begin() {
    root.classList.add("reveal");
    for (const slide of slides) slide.dataset.transition = STILL.matches ? "none" : "fade";
    deck = new Reveal(root, {
      disableLayout: true, // no transforms: a pointer is where it seems to be, and letters scale by themselves
      center: false,
      controlsTutorial: false,
      focusBodyOnPageVisibilityChange: false,
      hash: true,
      keyboard: { 32: ({ shiftKey }) => turn(shiftKey ? -1 : 1), 33: () => turn(-1), 34: () => turn(1), 38: () => turn(-1), 40: () => turn(1) },
      keyboardCondition: isForDeck,
      overview: false,
      postMessage: false,
      postMessageEvents: false,
      scrollActivationWidth: null,
      transition: "none", // its name becomes a class of the deck, and "fade" means something to the theme
      backgroundTransition: "none",
    });
    deck.addKeyBinding({ keyCode: 77, key: "M", description: "Speaker's notes" }, showNotes);
    deck.addKeyBinding({ keyCode: 83, key: "S", description: "Speaker's window" }, openWindow);
    deck.addKeyBinding({ keyCode: 27, key: "ESC", description: "Leave a control" }, () => {});
    deck.on("slidechanged", changed);
    const mine = deck;
    deck.initialize().then(() => {
      if (deck !== mine) return;
      root.removeAttribute("role"); // "application" would take the text away from screen readers
      for (const name of ["notes", "window", "keys"]) button(name).hidden = false;
      if (wanted) deck.slide(slides.indexOf(wanted));
      wanted = null;
      changed();
    });
  }

  function end() {
    for (const name of ["notes", "window", "keys"]) button(name).hidden = true;
    watch.disconnect();
    reveals.disconnect();
    for (const slide of slides) slide.style.removeProperty("--k");
    deck.destroy();
    deck = null;
    wanted = slides[at]; // for when there is room again
    root.classList.remove("reveal", "show-notes");
    place.textContent = "";
  }

  function changed() {
    if (!deck) return;
    const slide = deck.getCurrentSlide();
    at = slides.indexOf(slide);
    slide.scrollTop = 0;
    place.textContent = `${at + 1} of ${slides.length}`;
    watch.disconnect();
    for (const one of [slide, ...slide.children]) watch.observe(one);
    reveals.disconnect();
    reveals.observe(slide, { subtree: true, attributeFilter: ["hidden"] });
    fit();
    line?.postMessage({ at });
  }

  // Draws a slide as large as fits its screen. Not while a hand moves something on it, but when it comes, when
  // the window changes, and when the answer to a question does.
  const [SMALLEST, STEP] = [0.7, 0.05]; // our choices: letters smaller than that are not for a lecture room
  const reveals = new MutationObserver((changes) => {
    if (changes.some(({ target }) => target.matches(".oom-body, .oom-prediction"))) fit();
  });
  function fit() {
    const slide = deck?.getCurrentSlide();
    if (!slide) return void reach(root);
    let k = slide.matches(".deck-panel, .deck-figure, .deck-table, .deck-code") ? 1.3 : 1;
    const draw = () => {
      slide.classList.add("deck-measured");
      // A panel keeps room for the tallest picture so far, as it was drawn then.
      for (const box of slide.querySelectorAll(".oom-picture, .oom-sentence, .oom-twin")) box.style.minHeight = "";
      slide.style.setProperty("--k", k.toFixed(2));
      const fits = !isCut(slide);
      slide.classList.remove("deck-measured");
      return fits;
    };
    const shrink = () => k > SMALLEST + STEP / 2 && Boolean((k -= STEP));
    while (!draw() && shrink());
    if (below(slide) > slide.clientHeight / 2) {
      k = 1; // it scrolls anyway
      draw();
    }
    measure();
    // Then panels measure what they hold, and may take more room for what else they could show.
    const settle = (times) => requestAnimationFrame(() => {
      if (slide !== deck?.getCurrentSlide()) return;
      if (times) settle(times - 1);
      else if (isCut(slide)) while (shrink() && !draw());
      measure();
    });
    settle(2);
  }
  const isCut = (slide) => slide.scrollHeight > slide.clientHeight || slide.scrollWidth > slide.clientWidth || isWide(slide);
  // Does something on it scroll sideways, in a box of its own? Then keys must lead there.
  const BOXES = "pre, .oom-wide, .pst-scrollable-table-container";
  const wide = (box) => box.scrollWidth > box.clientWidth + 1;
  const isWide = (slide) => [...slide.querySelectorAll(`${BOXES}, .oom-fit`)].some(wide);
  function reach(within) {
    for (const box of within.querySelectorAll(BOXES)) {
      if (wide(box)) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  // A slide that is longer than the screen scrolls, says so, and is gone through before the next one comes.
  const watch = new ResizeObserver(() => measure());
  function measure() {
    const slide = deck?.getCurrentSlide();
    if (!slide) return;
    if (slide.scrollHeight - slide.clientHeight > 1) slide.tabIndex = 0;
    else slide.removeAttribute("tabindex");
    slide.toggleAttribute("data-more", below(slide) > 1);
    reach(slide);
  }
  const below = (slide) => slide.scrollHeight - slide.clientHeight - slide.scrollTop;

  function turn(way) {
    const slide = deck.getCurrentSlide();
    if ((way > 0 ? below(slide) : slide.scrollTop) > 1) {
      slide.scrollBy({ top: way * A_SCREEN * slide.clientHeight, behavior: STILL.matches ? "instant" : "smooth" });
    } else if (way > 0) deck.next();
    else deck.prev();
  }

  // A key that a control, a picture or a button has a use for is not the deck's.
  function isForDeck({ defaultPrevented, key, target }) {
    if (defaultPrevented || document.querySelector("[data-full]")) return false;
    if (target.closest?.("select")) return false;
    return !([" ", "Enter"].includes(key) && target.closest?.("a, button, summary"));
  }

  // A presenter sends Page Up and Page Down, wherever the focus was left; Escape gives the keys back.
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!deck || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("[data-full]")) return;
    if (key === "Escape" && target !== document.body && slides[at].contains(target)) target.blur();
    const way = { PageDown: 1, PageUp: -1 }[key];
    if (!way || !slides[at].contains(target) || target.matches("textarea, input[type=text]")) return;
    event.preventDefault();
    event.stopPropagation();
    turn(way);
  }, true);

  function showNotes() {
    const shown = !deck.getConfig().showNotes;
    deck.configure({ showNotes: shown });
    button("notes").setAttribute("aria-pressed", String(shown));
    fit();
  }

  function openWindow() {
    open(`${location.pathname}?notes`, "oomlab-notes", "popup,width=720,height=800");
  }

  // -- the speaker's window ----------------------------------------------------------------------

  function speak() {
    page.classList.add("deck-speaks");
    const began = Date.now();
    const tell = () => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      place.textContent = `${at + 1} of ${slides.length}, ${time}`;
    };
    const show = () => {
      slides.forEach((one, i) => one.toggleAttribute("data-now", i === at));
      slides[at].scrollIntoView({ block: "start" });
      tell();
    };
    setInterval(tell, 1000);
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("a, button")) return;
      const way = { PageDown: 1, ArrowRight: 1, " ": 1, PageUp: -1, ArrowLeft: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      line?.postMessage({ turn: way });
    });
    if (!line) return show();
    line.onmessage = ({ data }) => {
      if (!(data.at in slides)) return;
      at = data.at;
      show();
    };
    line.postMessage({ hello: true });
    show();
  }

  // -- both --------------------------------------------------------------------------------------

  // A map of runs has asked a panel for one: its slide is shown.
  document.addEventListener("oom-show", ({ detail }) => setTimeout(() => {
    wanted = detail.shown?.closest(".slides > section") ?? wanted;
    if (wanted && deck?.isReady()) deck.slide(slides.indexOf(wanted));
  }), true);

  function follow() {
    if (ROOM.matches === Boolean(deck)) return;
    if (deck) end();
    else begin();
  }

  // In another window the reader has chosen light or dark, or the system has.
  function dress() {
    let mode = "auto";
    try {
      mode = localStorage.getItem("mode") ?? mode;
    } catch {
      // refused: then as the system has it
    }
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    page.dataset.theme = ["light", "dark"].includes(mode) ? mode : dark ? "dark" : "light";
  }

  addEventListener("resize", fit);
  addEventListener("storage", dress);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  for (const box of root.querySelectorAll(".oom-box, pre, table")) box.dataset.preventSwipe = "";
  for (const slide of slides) slide.addEventListener("scroll", measure);
  button("notes").addEventListener("click", showNotes);
  button("window").addEventListener("click", openWindow);
  button("keys").addEventListener("click", () => deck.toggleHelp());
  // The panels' script comes after this one and mounts them while all slides have their size.
  addEventListener("DOMContentLoaded", () => {
    if (speaks) return speak();
    if (line) {
      line.onmessage = ({ data }) => {
        if (data.hello) line.postMessage({ at });
        if (deck && Math.abs(data.turn) === 1) turn(data.turn);
      };
    }
    ROOM.addEventListener("change", follow);
    follow();
    reach(root);
    if (deck || !location.hash.startsWith("#/")) return;
    document.getElementById(decodeURIComponent(location.hash.slice(2)))?.scrollIntoView();
  });
})();
