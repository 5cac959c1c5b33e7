// The service worker. Two caches: the shell (named after its content by the server, so that a changed file is a new
// version) and public pages. Never kept: /api, /app, anything but GET, what the server marks no-store or private.
// Our own file and no library: four rules need no more, and every byte of it can be read here.
const version = '%HL_VERSION%';
const shell = `hl-shell-${version}`;
const pages = 'hl-pages';
const offline = '/portal/offline.html';
const files = [offline, '/portal/portal.css', '/portal/islands.css', '/portal/islands.js', '/portal/icon.svg', '/portal/manifest.webmanifest'];
const publicPage = /^\/(?:$|thu-tuc(?:\/[0-9A-Z.]+)?$|cong-khai$)/;
const mostPages = 30;

interface Lasting extends Event { waitUntil(work: Promise<unknown>): void }
interface Fetching extends Lasting { request: Request; respondWith(answer: Promise<Response>): void }
const worker = self as unknown as {
  addEventListener(name: string, handler: (event: never) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
};

worker.addEventListener('install', (event: Lasting) => {
  event.waitUntil(caches.open(shell).then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: 'reload' })))));
});
worker.addEventListener('activate', (event: Lasting) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('hl-') && name !== shell) await caches.delete(name);
    await worker.clients.claim();
  })());
});
worker.addEventListener('message', (event: MessageEvent) => {
  if (event.data === 'change') void worker.skipWaiting();
});

async function page(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const kept = request.method === 'GET' && publicPage.test(url.pathname);
  try {
    const answer = await fetch(request);
    const rule = answer.headers.get('Cache-Control') ?? '';
    if (kept && answer.status === 200 && answer.type === 'basic' && !answer.redirected && !/no-store|private/.test(rule)) {
      const cache = await caches.open(pages);
      await cache.put(request, answer.clone());
      const old = await cache.keys();
      for (const one of old.slice(0, Math.max(0, old.length - mostPages))) await cache.delete(one);
    }
    return answer;
  } catch {
    const had = kept ? await caches.match(request, { cacheName: pages, ignoreVary: true }) : undefined;
    return had ?? (await caches.match(offline, { cacheName: shell })) ?? Response.error();
  }
}
worker.addEventListener('fetch', (event: Fetching) => {
  const url = new URL(event.request.url);
  if (url.origin !== worker.location.origin) return;
  if (event.request.mode === 'navigate') {
    if (!url.pathname.startsWith('/api/')) event.respondWith(page(event.request));
    return;
  }
  if (event.request.method === 'GET' && files.includes(url.pathname))
    event.respondWith(caches.match(url.pathname, { cacheName: shell }).then((had) => had ?? fetch(event.request)));
});
