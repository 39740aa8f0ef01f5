// The foot of a panel: what it says of the result, how far an engine has loaded, and what can be done.

function panelFoot(root) {
  const part = (name) => root.querySelector(`.oom-${name}`);
  const names = ["status", "progress", "stop", "retry", "nearest", "note-of-link"];
  const [status, progress, stop, retry, nearest, note] = names.map(part);
  // That all is well is nothing to be read out at each move; the sentence is.
  const QUIET = ["stored", "computed"];

  function say(state, text) {
    root.dataset.state = state;
    status.setAttribute("aria-live", QUIET.includes(state) ? "off" : "polite");
    if (status.textContent !== text) status.textContent = text;
  }

  return {
    stop,
    retry,
    say,
    // An answer takes its time: `size` is what has to be loaded for it, if anything.
    computing(size, [done = 0, total = 0] = []) {
      stop.hidden = false;
      if (!total && !progress.hidden) return;
      const loads = total ? ` (loading the engine${size && `, ${size}, once`})` : "";
      say("computing", `computing …${loads}`);
      progress.hidden = !total;
      if (total) Object.assign(progress, { max: total, value: Math.min(done, total) });
    },
    // `waiting`: something is being computed still.
    clear(waiting = false) {
      for (const element of [retry, nearest, note]) element.hidden = true;
      if (!waiting) progress.hidden = stop.hidden = true;
    },
    offer(words, act) {
      retry.hidden = nearest.hidden = false;
      nearest.textContent = words;
      nearest.onclick = act;
    },
    note(text) {
      note.hidden = false;
      note.textContent = text;
    },
  };
}
