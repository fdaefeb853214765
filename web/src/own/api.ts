/** What people change of their own accounts; each of it begins a new session here and ends all others. */
import { given, json, Problem, send, type Given } from '../lib/api'
import type { KeyAnswer, KeyBegun } from '../lib/keys'
import type { Answer, Session } from '../lib/types'
import { t } from '../i18n'
import { factorText, laterText, passwordText } from '../i18n/refusals'
import { session } from '../stores/session.svelte'

const post = <T>(path: string, body: object) =>
  send<T>(`/api/v1/session/${path}`, JSON.stringify(body), json)

export async function changePassword(old: string, fresh: string, beside: Given): Promise<void> {
  session.take(await post<Session>('password', { old, new: fresh, ...given(beside) }))
}

/** The secret of a device that shows codes: as it is typed, and as it is read from a picture. */
export type Begun = Answer<'/api/v1/session/second-factor', 'post'>
export const beginFactor = (password: string, beside: Given) =>
  post<Begun>('second-factor', { password, ...given(beside) })

/** Codes of the device are asked for from now on; gives the recovery codes, which are told once, with the first factor. */
export const confirmFactor = async (code: string) =>
  (
    await post<Answer<'/api/v1/session/second-factor/confirm', 'post'>>('second-factor/confirm', {
      code,
    })
  ).recovery_codes

export async function removeFactor(password: string, beside: Given): Promise<void> {
  session.take(await post<Session>('second-factor/remove', { password, ...given(beside) }))
}

/** What a new security key is to be. */
export const beginKey = (password: string, beside: Given) =>
  post<KeyBegun>('keys', { password, ...given(beside) })

/** The key may be used from now on; gives the recovery codes, which are told once, with the first factor. */
export async function addKey(name: string, key: KeyAnswer): Promise<string[]> {
  type Added = Answer<'/api/v1/session/keys/confirm', 'post'>
  const { recovery_codes: codes } = await post<Added>('keys/confirm', { name, key })
  // The session is another from here on.
  await session.load()
  return codes
}

export async function removeKey(id: number, password: string, beside: Given): Promise<void> {
  session.take(await post<Session>(`keys/${String(id)}/remove`, { password, ...given(beside) }))
}

/** What was refused, and at which field; at none where it is about the whole. */
export interface Refusal {
  at: 'password' | 'fresh' | 'name' | 'code' | null
  text: string
}

/** What the server refuses, in the words of the page. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Problem)) throw error
  const { code, kind } = error
  if (code === 'wrong_password') return { at: 'password', text: t('own.passwordWrong') }
  if (code === 'second_factor')
    return error.asked?.key ? { at: null, text: '' } : { at: 'code', text: t('own.codeMissing') }
  const wrong = factorText(error)
  if (wrong) return { at: code?.startsWith('second_factor') ? 'code' : null, text: wrong }
  // Signing in is asked for by itself, over this; what was typed stays.
  if (kind === 'unsigned') return { at: null, text: '' }
  const fresh = passwordText(error)
  if (fresh) return { at: 'fresh', text: fresh }
  const later = laterText(error)
  if (later) return { at: null, text: later }
  // It was switched on or off elsewhere meanwhile, or the password was taken away: what holds now is shown.
  void session.load()
  return { at: null, text: t('own.changedElsewhere') }
}
