/** Who is at the screen, and what they may do. */
import { fetchSession, guard, Problem, signIn, signOut } from '../lib/api'
import type { Room } from '../lib/address'
import { authorOf } from '../lib/authors'
import { forget } from '../lib/outbox'
import type { Session } from '../lib/types'

/** Remembers that somebody signed out while the server could not be told. */
const LEAVING = 'matbang.leaving'

class SessionStore {
  now = $state.raw<Session | null>(null)
  problem = $state.raw<Problem | null>(null)

  /** Whether somebody has to sign in before anything can be seen. */
  readonly locked = $derived(this.now !== null && !this.now.may.read)
  readonly mayWrite = $derived(this.now?.may.write_events ?? false)
  readonly mayManage = $derived(this.now?.may.manage ?? false)
  readonly mayAdminister = $derived(this.now?.may.administer ?? false)
  readonly maySeeHolders = $derived(this.now?.may.see_holders ?? false)

  /** Who records here. */
  readonly author = $derived(authorOf(this.now, location.origin))

  /** Whether a room has something for who is here. */
  mayEnter(room: Room): boolean {
    if (room === 'update') return this.mayWrite
    if (room === 'import') return this.mayManage
    if (room === 'keep') return this.mayAdminister
    return true
  }

  async load(): Promise<void> {
    try {
      const found = await fetchSession()
      this.#take(localStorage.getItem(LEAVING) ? await this.#left(found) : found)
    } catch (error) {
      this.problem = error instanceof Problem ? error : new Problem('refused', String(error))
    }
  }

  async signIn(name: string, password: string): Promise<void> {
    this.#take(await signIn(name, password))
  }

  async signOut(): Promise<void> {
    // What was kept for working offline belongs to who signs out.
    await forget()
    try {
      await signOut()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.kind !== 'refused') localStorage.setItem(LEAVING, 'true')
    }
    this.now = null
    await this.load()
  }

  /** Tells the server now that who was here has left. */
  async #left(found: Session): Promise<Session> {
    guard.csrf = found.csrf
    if (found.signed_in) await signOut()
    localStorage.removeItem(LEAVING)
    return fetchSession()
  }

  #take(session: Session): void {
    this.now = session
    this.problem = null
    guard.csrf = session.csrf
  }
}

export const session = new SessionStore()
