/** What a room asks when it opens, and once more when somebody has signed in again over it. */
import { untrack } from 'svelte'
import { session } from './session.svelte'

/** Call it while a component is made. */
export function loads(load: () => unknown): void {
  $effect(() => {
    void session.returns
    untrack(load)
  })
}
