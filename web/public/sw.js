// The app without a network: its own files and the last catalogue, nothing personal.
const CACHE = 'matbang-shell-1'
const KEPT_ANSWERS = ['/api/v1/catalog', '/api/v1/procedures', '/api/v1/session']

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.add('/'))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  const old = caches
    .keys()
    .then((names) =>
      Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))),
    )
  event.waitUntil(old.then(() => self.clients.claim()))
})

// The page tells which files it was made of: the first visit loads them before this worker is there.
self.addEventListener('message', (event) => {
  if (!Array.isArray(event.data?.keep)) return
  const own = event.data.keep.filter((url) => new URL(url).origin === self.location.origin)
  event.waitUntil(
    caches.open(CACHE).then((cache) => Promise.allSettled(own.map((url) => cache.add(url)))),
  )
})

async function newest(request, key) {
  const cache = await caches.open(CACHE)
  try {
    const response = await fetch(request)
    if (response.ok) await cache.put(key, response.clone())
    return response
  } catch (error) {
    const kept = await cache.match(key)
    if (kept) return kept
    throw error
  }
}

async function kept(request) {
  const cache = await caches.open(CACHE)
  const found = await cache.match(request)
  if (found) return found
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return response
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(newest(request, '/'))
  else if (KEPT_ANSWERS.includes(url.pathname) && !url.search)
    event.respondWith(newest(request, url.pathname))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(kept(request))
})
