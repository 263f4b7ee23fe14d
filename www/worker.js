/**
 * Serves the page without a network, once it has been there. `cargo xtask site` writes `SITE` in front of this: a
 * version, and the files with their hashes, kept at installation or when they are first used.
 *
 * Nothing else is touched or kept: no other origin, nothing that is sent, no answer of an endpoint. A new version
 * waits until no page of the old one is open, so that no answer in progress meets another version's files.
 */

const OURS = `tilewise ${registration.scope} `;
const CACHE = OURS + SITE.version;
const address = (path) => new URL(path, registration.scope).href;
const START = address("./");
const HASHES = new Map(Object.entries({ ...SITE.first, ...SITE.later }).map(([path, hash]) => [address(path), hash]));

// With the hash, so that a site that is being replaced just now is not kept half old, half new. `no-cache` asks the
// host whether what the browser has is still right.
const genuine = (href) => new Request(href, { cache: "no-cache", integrity: HASHES.get(href) });

async function install() {
  const first = Object.keys(SITE.first).map(address);
  // What was used before is used again, perhaps without a network by then.
  const later = Object.keys(SITE.later).map(address);
  const known = await Promise.all(later.map((href) => caches.match(href, { ignoreVary: true })));
  const wanted = [...first, ...later.filter((_, index) => known[index])];
  await (await caches.open(CACHE)).addAll(wanted.map(genuine));
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
  // The page that installed this one has the same files: what it uses from now on is kept too.
  await clients.claim();
}

/** The file that a request is for, if it is one of ours. */
function fileOf({ method, mode, headers, url }) {
  if (method !== "GET" || headers.has("range")) return undefined;
  const wanted = new URL(url);
  wanted.hash = "";
  // What stands behind the question mark is read by the page alone.
  if (mode === "navigate") wanted.search = "";
  const href = wanted.href === address("index.html") ? START : wanted.href;
  return HASHES.has(href) ? href : undefined;
}

async function answer(href, request) {
  const cache = await caches.open(CACHE);
  // Hosts vary by encoding, which no longer matters here.
  const kept = await cache.match(href, { ignoreVary: true });
  if (kept) return kept;
  try {
    const fresh = await fetch(genuine(href));
    if (fresh.ok) await cache.put(href, fresh.clone());
    return fresh;
  } catch {
    // Of a newer version by now: good for this once.
    return fetch(request);
  }
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const href = fileOf(event.request);
  if (href) event.respondWith(answer(href, event.request));
});
