/** A step of the dialog: what is missing is told once it was tried, what is refused stands at its field. */
import { t } from '../i18n'
import { Problem } from '../lib/api'
import type { SecondFactorAsked } from '../lib/types'
import { session } from '../stores/session.svelte'
import { refusalOf, type Refusal } from './api'

/** What ended a step before the server was told, in the words of the page. */
export class Unfinished extends Error {}

export class Step {
  busy = $state(false)
  #tried = $state(false)
  #refusal = $state.raw<Refusal | null>(null)
  /** What may be given beside the password, as the server said last. */
  asked = $state.raw<SecondFactorAsked | null>(null)
  /** What is refused and is about no field. */
  readonly refused = $derived(this.#refusal?.at === null ? this.#refusal.text : '')

  /** What is wrong about a field; `missing` is what the page itself has against it. */
  at(field: NonNullable<Refusal['at']>, missing: string): string {
    if (this.#refusal?.at === field) return this.#refusal.text
    return this.#tried ? missing : ''
  }

  /** What is missing of a code: where a key may be used in its place, nothing before the server has asked for either. */
  misses(code: string): string {
    if (code.trim()) return ''
    if (this.asked) return t(this.asked.key ? 'key.orCode' : 'own.codeMissing')
    return session.asksForCode ? t('own.codeMissing') : ''
  }

  /** Does the work, unless the page itself has something against what was typed; gives what was refused. */
  async take(isWhole: boolean, work: () => Promise<void>): Promise<Refusal | null> {
    this.#tried = true
    this.#refusal = null
    if (!isWhole) return null
    this.busy = true
    try {
      await work()
    } catch (error) {
      // A question is answered once: after whatever else was refused, another one is asked for.
      this.asked = error instanceof Problem ? error.asked : null
      // What is asked for only now has not been left out yet.
      if (this.asked) this.#tried = false
      this.#refusal =
        error instanceof Unfinished ? { at: null, text: error.message } : refusalOf(error)
    }
    this.busy = false
    return this.#refusal
  }
}
