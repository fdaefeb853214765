/** Lets the app open without a network. */

async function registered(): Promise<void> {
  await navigator.serviceWorker.register('/sw.js')
  const { active } = await navigator.serviceWorker.ready
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
  const files = loaded.filter((url) => new URL(url).pathname.startsWith('/assets/'))
  const answers = ['/', '/api/v1/catalog', '/api/v1/procedures', '/api/v1/session'].map(
    (path) => location.origin + path,
  )
  active?.postMessage({ keep: [...new Set([...files, ...answers])] })
}

/** The network may go while the worker is fetched: it is asked for again when the network is back. */
export async function keepForOffline(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  try {
    await registered()
  } catch {
    addEventListener('online', () => void keepForOffline(), { once: true })
  }
}
