// Answers from the reader's own copy of the book while the network cannot be reached, and only then.
// The copy is made, renewed and forgotten by oom-offline.js, which registers this. A page that comes
// from it says so at its head: what is kept is never shown as what the site says now.

const ROOT = new URL("./", self.location);
const COPIES = `oomlab ${ROOT.pathname} `; // what the names of this site's copies begin with
const LIST = new URL("offline.json", ROOT).href; // put into a copy last: with it, the copy is whole
const SLOW_MS = 5000; // our choice: a network that has not answered by then counts as none,
const QUIET_MS = 20000; // and is not asked for so long
let silentUntil = 0;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(ROOT.href)) event.respondWith(answer(event.request));
});

async function answer(request) {
  const copy = request.cache === "no-store" ? null : await kept(request);
  if (!copy) return fetch(request);
  if (Date.now() < silentUntil) return copy();
  try {
    // A browser keeps pages for a while unasked; what the site says now comes first.
    const fresh = request.mode === "navigate" ? { cache: "no-cache" } : {};
    return await Promise.race([fetch(request, fresh), late()]);
  } catch {
    silentUntil = Date.now() + QUIET_MS;
    return copy();
  }
}

function late() {
  return new Promise((_, reject) => setTimeout(reject, SLOW_MS, new Error("no answer")));
}

// What gives the kept answer to a request; null if there is none in a whole copy.
async function kept(request) {
  const page = request.mode === "navigate";
  const url = new URL(request.url);
  if (page) url.search = ""; // settings of panels; the page is the same
  if (url.pathname.endsWith("/")) url.pathname += "index.html";
  for (const name of await caches.keys()) {
    if (!name.startsWith(COPIES)) continue;
    const of = { cacheName: name }; // to open one that is just being deleted would make it anew
    const list = await caches.match(LIST, of);
    const found = list && (await caches.match(url.href, of));
    if (found) return () => (page ? marked(found, list) : found);
  }
  return null;
}

async function marked(found, list) {
  const day = new Date(list.headers.get("x-kept")).toLocaleDateString("en-GB", { dateStyle: "long" });
  const note = `<p class="oom-kept" role="status">The network does not answer. This is your own copy
    of the book, kept on ${day}; the site may have changed since.</p>`;
  const text = (await found.text()).replace(/<article class="bd-article">|<main>/, `$&${note}`);
  return new Response(text, { headers: found.headers });
}
