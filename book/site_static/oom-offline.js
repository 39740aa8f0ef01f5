// "Read this book without a network": makes, renews and forgets the reader's own copy of the site.
// offline.json lists what belongs to it, with sizes and hashes. A copy is filled beside the one
// that is in use, and counts only when it is whole; each file is what its hash says, or is not kept.

(() => {
  "use strict";
  const place = document.querySelector(".oom-offline");
  if (!place || !possible()) return;
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const copies = `oomlab ${root.pathname} `;
  const listAddress = new URL("offline.json", root).href;
  const AT_ONCE = 4;
  const [text, button, forgetting, bar] = ["p", ".oom-o-keep", ".oom-o-forget", "progress"].map((one) =>
    place.querySelector(one),
  );
  const mb = (bytes) => `${Math.max(1, Math.round(bytes / 1e6))} MB`;
  let list = null;

  place.hidden = false;
  place.addEventListener("toggle", () => place.open && look());
  button.addEventListener("click", keep);
  forgetting.addEventListener("click", forget);
  addEventListener("load", renew);

  function possible() {
    try {
      return location.protocol !== "file:" && isSecureContext && "serviceWorker" in navigator && Boolean(caches);
    } catch {
      return false; // in a sandboxed frame, or where storage is refused
    }
  }

  function say(words, { keep = "", kept = false, loaded = null } = {}) {
    text.textContent = words;
    button.textContent = keep;
    button.hidden = !keep;
    forgetting.hidden = !kept;
    bar.hidden = loaded === null;
    if (loaded !== null) bar.value = loaded;
  }

  // The list of what the site is now; null if the site cannot be reached.
  async function current() {
    const answer = await fetch(listAddress, { cache: "no-store" }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  // The whole copy that is kept: how to look something up in it, its list and day; null if there is none.
  async function whole() {
    for (const name of (await caches.keys()).filter((one) => one.startsWith(copies))) {
      const match = (address) => caches.match(address, { cacheName: name });
      const answer = await match(listAddress);
      if (answer) return { match, day: new Date(answer.headers.get("x-kept")), list: await answer.json() };
    }
    return null;
  }

  async function look() {
    const [copy, now] = await Promise.all([whole(), current()]);
    list = now;
    const day = copy?.day.toLocaleDateString("en-GB", { dateStyle: "long" });
    if (copy && !now) return say(`Kept on ${day}. The site cannot be reached now.`, { kept: true });
    if (!now) return say("The site cannot be reached now, so nothing can be kept.");
    if (copy?.list.version === now.version) {
      return say(`Kept on ${day}, ${mb(now.bytes)}: every page, the search, and Python for the controls. ` +
        "It is renewed when you open the book and the site has changed.", { kept: true });
    }
    if (copy) return say(`Kept on ${day}; the site has changed since.`, { keep: `Renew (${mb(missing(copy))})`, kept: true });
    say(`This browser can keep a copy of the book, for the train: every page, the search, and Python for ` +
      `the controls. It takes ${mb(now.bytes)} here.`, { keep: `Keep it (${mb(now.bytes)})` });
  }

  function missing(copy) {
    const had = new Set(copy.list.files.map(({ sha256 }) => sha256));
    return list.files.reduce((sum, { sha256, bytes }) => sum + (had.has(sha256) ? 0 : bytes), 0);
  }

  async function keep() {
    await navigator.locks.request(copies, { ifAvailable: true }, async (lock) => {
      if (!lock) return say("Another tab is doing that.");
      try {
        list = await current();
        if (!list) return say("The site cannot be reached now, so nothing can be kept.");
        const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
        if (quota - usage < list.bytes) throw new DOMException("", "QuotaExceededError");
        await fill();
        await navigator.serviceWorker.register(new URL("offline-worker.js", root));
        await navigator.storage?.persist?.(); // a wish: without it the browser may clear the copy
        await look();
      } catch (problem) {
        const full = problem.name === "QuotaExceededError";
        if (full) await caches.delete(copies + list.version);
        say(full ? `There is no room for ${mb(list.bytes)} in this browser's storage.`
          : `That broke off: ${problem.message}. What came is kept; go on when you like.`,
          { keep: full ? "" : "Go on", kept: Boolean(await whole()) });
      }
    });
  }

  async function fill() {
    const before = await whole();
    const had = new Map(before?.list.files.map(({ url, sha256 }) => [sha256, url]));
    const cache = await caches.open(copies + list.version);
    const there = new Set((await cache.keys()).map(({ url }) => url));
    const waiting = [...list.files];
    let loaded = 0;
    const take = async () => {
      for (let file; (file = waiting.pop()); ) {
        const address = new URL(file.url, root).href;
        if (!there.has(address)) {
          const old = had.has(file.sha256) && (await before.match(new URL(had.get(file.sha256), root).href));
          await cache.put(address, old || (await fetched(address, file)));
        }
        loaded += file.bytes;
        say(`${mb(loaded)} of ${mb(list.bytes)} …`, { loaded: loaded / list.bytes });
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, take));
    const failed = ended.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
    const headers = { "content-type": "application/json", "x-kept": new Date().toISOString() };
    await cache.put(listAddress, new Response(JSON.stringify(list), { headers }));
    for (const name of await caches.keys()) {
      if (name.startsWith(copies) && name !== copies + list.version) await caches.delete(name);
    }
  }

  // Asks whether what the browser has is still right; if it turns out not to be, past all caches.
  async function fetched(address, { url, sha256 }) {
    for (const cache of ["no-cache", "reload"]) {
      const answer = await fetch(address, { cache }).catch(() => null);
      if (!answer?.ok) throw new Error(`${url} could not be had${answer ? ` (${answer.status})` : ""}`);
      const body = await answer.arrayBuffer();
      if ((await digest(body)) !== sha256) continue;
      const type = answer.headers.get("content-type") ?? "application/octet-stream";
      return new Response(body, { headers: { "content-type": type } });
    }
    throw new Error(`${url} is not what the site's list says; it may just be changing`);
  }

  async function digest(body) {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function forget() {
    for (const name of await caches.keys()) if (name.startsWith(copies)) await caches.delete(name);
    const registered = await navigator.serviceWorker.getRegistration(root.href);
    await registered?.unregister();
    await look();
    text.textContent = `The copy is forgotten. ${text.textContent}`;
  }

  // Somebody keeps a copy: is it that of the site as it is now?
  async function renew() {
    const copy = await whole();
    const now = copy && (await current());
    if (now && now.version !== copy.list.version && !navigator.connection?.saveData) await keep();
  }
})();
