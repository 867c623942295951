"use strict";
// Keeps static files, whose names carry their hash, and one offline page. A page of the platform, an answer in JSON or
// an upload is somebody's own: it always comes from the server and is never kept.
const CACHE = "partybuild-static-{{ facts.version|escapejs }}";
const STATIC = "{{ facts.static|escapejs }}";
const HASHED = {{ facts.hashed|yesno:"true,false" }};
const PAGE = "{{ facts.page|escapejs }}";
const SHELL = [{% for one in facts.shell %}"{{ one|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const NAME = /\.[0-9a-f]{12}\.[a-z0-9]+$/;

const mayKeep = (url) => HASHED && url.origin === location.origin && url.pathname.startsWith(STATIC) && NAME.test(url.pathname);

self.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  // Without cookies: the page that is kept is the one that a stranger gets.
  await cache.addAll([PAGE, ...SHELL].map((path) => new Request(path, { credentials: "omit", cache: "no-cache" })));
  await self.skipWaiting();
})()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("partybuild-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

async function keptOrFetched(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic" && !answer.redirected && answer.status === 200) cache.put(request.url, answer.clone()).catch(() => { /* no room left */ });
  return answer;
}
async function fetchedOrKept(request) {
  try { return await fetch(request); } catch (error) {
    const kept = await caches.match(request.url, { cacheName: CACHE });
    if (kept) return kept;
    throw error;
  }
}
async function pageOrOffline(request) {
  try { return await fetch(request); } catch (error) {
    const page = await caches.match(PAGE, { cacheName: CACHE });
    if (page) return page;
    throw error;
  }
}

// Whatever is not answered here, the browser fetches as if there were no worker: forms, htmx, downloads by script, streams.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.headers.has("range")) return;
  const url = new URL(request.url);
  if (request.mode === "navigate") event.respondWith(pageOrOffline(request));
  else if (mayKeep(url)) event.respondWith(keptOrFetched(request));
  else if (SHELL.includes(url.pathname)) event.respondWith(fetchedOrKept(request));
});
