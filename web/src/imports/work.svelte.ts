/** How far the server is with a file, asked while it is at it; a server that does not tell is not asked again. */
import { ask, Problem } from '../lib/api'
import type { Answer } from '../lib/types'
import { importing } from './importing.svelte'

type Told = Answer<'/api/v1/imports/{id}/work'>
export type Work = NonNullable<Told['work']>

const PAUSE = 1000

/** What the server is at with the file that waits; null where it does not say. Call it within a component. */
export function following(): { readonly now: Work | null } {
  let now = $state.raw<Work | null>(null)
  $effect(() => {
    const { id, busy } = importing
    now = null
    if (id === null || busy === null || busy === 'sending') return
    const abort = new AbortController()
    let clock = setTimeout(() => void look(), PAUSE)
    async function look() {
      try {
        const path = `/api/v1/imports/${String(id)}/work`
        const { work } = await ask<Told>(path, { signal: abort.signal })
        if (abort.signal.aborted) return
        now = work
      } catch (error) {
        if (abort.signal.aborted) return
        if (error instanceof Problem && error.kind === 'missing') return
        // What was known a second ago is no longer: the step alone is told.
        now = null
      }
      clock = setTimeout(() => void look(), PAUSE)
    }
    return () => {
      clearTimeout(clock)
      abort.abort()
    }
  })
  return {
    get now() {
      return now
    },
  }
}
