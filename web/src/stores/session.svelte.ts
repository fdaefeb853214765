/** Who is at the screen, and what they may do. */
import { fetchSession, guard, Problem, signIn, signOut } from '../lib/api'
import type { Room } from '../lib/address'
import type { Session } from '../lib/types'

class SessionStore {
  now = $state.raw<Session | null>(null)
  problem = $state.raw<Problem | null>(null)

  /** Whether somebody has to sign in before anything can be seen. */
  readonly locked = $derived(this.now !== null && !this.now.may.read)
  readonly mayWrite = $derived(this.now?.may.write_events ?? false)
  readonly mayManage = $derived(this.now?.may.manage ?? false)
  readonly mayAdminister = $derived(this.now?.may.administer ?? false)
  readonly maySeeHolders = $derived(this.now?.may.see_holders ?? false)

  /** Whether a room has something for who is here. */
  mayEnter(room: Room): boolean {
    if (room === 'update') return this.mayWrite
    if (room === 'import') return this.mayManage
    if (room === 'keep') return this.mayAdminister
    return true
  }

  async load(): Promise<void> {
    try {
      this.#take(await fetchSession())
    } catch (error) {
      this.problem = error instanceof Problem ? error : new Problem('refused', String(error))
    }
  }

  async signIn(name: string, password: string): Promise<void> {
    this.#take(await signIn(name, password))
  }

  async signOut(): Promise<void> {
    await signOut()
    // What was kept for working offline belongs to who signed out.
    for (const name of await caches.keys()) await caches.delete(name)
    await this.load()
  }

  #take(session: Session): void {
    this.now = session
    this.problem = null
    guard.csrf = session.csrf
  }
}

export const session = new SessionStore()
