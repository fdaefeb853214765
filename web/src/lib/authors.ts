/** Whose an entry is: who made it sends it, nobody else. Knows nothing of storage and screens. */
import type { Session } from './types'

/** Who made an entry, and at which server. */
export interface Author {
  /** Name of the account; null where the server has none. */
  account: string | null
  /** What others may be told. */
  name: string
  origin: string
}

interface Authored {
  /** Entries of older versions have none. */
  author?: Author
}

/** Who records in this session; null when nobody may. */
export function authorOf(session: Session | null, origin: string): Author | null {
  if (!session?.may.write_events) return null
  const { account } = session
  if (account) return { account: account.name, name: account.full_name || account.name, origin }
  return session.mode === 'local' ? { account: null, name: '', origin } : null
}

/** The name under which the server records what this author sends. */
export const recordedAs = ({ account }: Author): string => account ?? 'local'

export const isSame = (one: Author | null, other: Author | null): boolean =>
  one?.account === other?.account && one?.origin === other?.origin

/** Made by this author. */
export const isOwn = ({ author }: Authored, now: Author | null): boolean =>
  author !== undefined && now !== null && isSame(author, now)

/** Made by nobody who can be told: somebody has to say whose it is before it is sent. */
export const isUnclaimed = ({ author }: Authored, now: Author | null): boolean =>
  now !== null && (author === undefined || (author.account === null && now.account !== null))

/** How many entries wait for each other author: their names and numbers, nothing else. */
export function othersOf(
  entries: readonly Authored[],
  now: Author | null,
): { name: string; n: number }[] {
  const counts = new Map<string, { name: string; n: number }>()
  for (const { author } of entries) {
    if (!author || isOwn({ author }, now) || isUnclaimed({ author }, now)) continue
    const key = JSON.stringify([author.account, author.origin])
    const known = counts.get(key) ?? { name: author.name || recordedAs(author), n: 0 }
    counts.set(key, { ...known, n: known.n + 1 })
  }
  return [...counts.values()].sort((one, other) => one.name.localeCompare(other.name))
}
