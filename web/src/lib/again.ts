/** What goes from one network to another loses what is under way. */

/** How long is waited, in milliseconds, before a question that got lost is asked again. */
const AGAIN = 300

export const isAborted = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'

/** The answer to a request; a question is asked once more, a wish never, since it may have been heard. */
export async function fetchAgain(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init)
  } catch (error) {
    if (isAborted(error) || init.method !== undefined || !navigator.onLine) throw error
    await new Promise((passed) => setTimeout(passed, AGAIN))
    return fetch(path, init)
  }
}
