/** Who is at the screen, and what they may do. */
import { fetchSession, guard, Problem, signIn, signOut, type Given } from '../lib/api'
import type { Room } from '../lib/address'
import { authorOf } from '../lib/authors'
import { forget } from '../lib/outbox'
import type { Session } from '../lib/types'

/** Remembers that somebody signed out while the server could not be told. */
const LEAVING = 'matbang.leaving'
/** While somebody works the server is asked so often, in milliseconds, whether the session still is one. */
const LOOK = 5 * 60_000

class SessionStore {
  now = $state.raw<Session | null>(null)
  problem = $state.raw<Problem | null>(null)
  /** Who was signed in is no longer, while a room is open: it stays as it is. */
  ended = $state(false)
  /** Signing in is asked for, over the room. */
  asking = $state(false)
  /** Counts how often somebody has come back: what was refused meanwhile is asked again. */
  returns = $state(0)
  #looked = Date.now()

  constructor() {
    guard.ended = (isWish) => {
      if (this.now?.signed_in) this.#end(isWish)
    }
    const look = () => void this.#look()
    for (const type of ['pointerdown', 'keydown']) window.addEventListener(type, look, true)
    document.addEventListener('visibilitychange', () => {
      // Somebody may have signed in on another page meanwhile.
      if (this.ended && document.visibilityState === 'visible') void this.load()
    })
  }

  /** Whether somebody has to sign in before anything can be seen. */
  readonly locked = $derived(this.now !== null && !this.now.may.read)
  readonly mayWrite = $derived(this.now?.may.write_events ?? false)
  /** Whether that is so wherever the land lies: no role ends at a unit's boundary. */
  readonly writesEverywhere = $derived(
    this.mayWrite && (this.now?.account?.grants.every(({ unit }) => unit === null) ?? true),
  )
  readonly mayManage = $derived(this.now?.may.manage ?? false)
  readonly mayAdminister = $derived(this.now?.may.administer ?? false)
  readonly maySeeHolders = $derived(this.now?.may.see_holders ?? false)

  /** Whether a code is all that can be given beside the password: no key is asked. */
  readonly asksForCode = $derived((this.now?.second_factor ?? false) && !this.now?.keys.length)

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
      this.take(localStorage.getItem(LEAVING) ? await this.#left(found) : found)
    } catch (error) {
      this.problem = error instanceof Problem ? error : new Problem('refused', String(error))
    }
  }

  async signIn(name: string, password: string, beside: Given): Promise<void> {
    this.take(await signIn(name, password, beside))
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
    this.ended = false
    this.asking = false
    await this.load()
  }

  /** While somebody works: a session that has ended is told before the work is done in vain. */
  async #look(): Promise<void> {
    const isDue = Date.now() - this.#looked > LOOK
    if (!isDue || !this.now?.signed_in || this.ended || !navigator.onLine) return
    this.#looked = Date.now()
    const found = await fetchSession().catch(() => null)
    if (found) this.take(found)
  }

  #end(isWish: boolean): void {
    this.asking = this.asking || isWish || !this.ended
    this.ended = true
  }

  /** Tells the server now that who was here has left. */
  async #left(found: Session): Promise<Session> {
    guard.csrf = found.csrf
    if (found.signed_in) await signOut()
    localStorage.removeItem(LEAVING)
    return fetchSession()
  }

  /** The server's word on who is here, also where it comes with another answer. */
  take(session: Session): void {
    this.problem = null
    guard.csrf = session.csrf
    if (this.now?.signed_in && !session.signed_in) {
      this.#end(false)
      return
    }
    this.now = session
    if (this.ended) this.returns += 1
    this.ended = false
    this.asking = false
  }
}

export const session = new SessionStore()
