/** A step of the dialog: what is missing is told once it was tried, what is refused stands at its field. */
import { refusalOf, type Refusal } from './api'

export class Step {
  busy = $state(false)
  #tried = $state(false)
  #refusal = $state.raw<Refusal | null>(null)
  /** What is refused and is about no field. */
  readonly refused = $derived(this.#refusal?.at === null ? this.#refusal.text : '')

  /** What is wrong about a field; `missing` is what the page itself has against it. */
  at(field: NonNullable<Refusal['at']>, missing: string): string {
    if (this.#refusal?.at === field) return this.#refusal.text
    return this.#tried ? missing : ''
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
      this.#refusal = refusalOf(error)
    }
    this.busy = false
    return this.#refusal
  }
}
