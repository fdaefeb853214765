/** What people change of their own accounts; each of it begins a new session here and ends all others. */
import { json, Problem, send } from '../lib/api'
import type { Answer, Session } from '../lib/types'
import { t } from '../i18n'
import { laterText, passwordText } from '../i18n/refusals'
import { session } from '../stores/session.svelte'

const post = <T>(path: string, body: object) =>
  send<T>(`/api/v1/session/${path}`, JSON.stringify(body), json)

/** `code` is empty where the account has no second factor. */
export async function changePassword(old: string, fresh: string, code: string): Promise<void> {
  session.take(await post<Session>('password', { old, new: fresh, ...(code && { code }) }))
}

/** The secret of a device that shows codes: as it is typed, and as it is read from a picture. */
export type Begun = Answer<'/api/v1/session/second-factor', 'post'>
export const beginFactor = (password: string) => post<Begun>('second-factor', { password })

/** Codes of the device are asked for from now on; gives the recovery codes, which are told once. */
export const confirmFactor = async (code: string) =>
  (
    await post<Answer<'/api/v1/session/second-factor/confirm', 'post'>>('second-factor/confirm', {
      code,
    })
  ).recovery_codes

export async function removeFactor(password: string, code: string): Promise<void> {
  session.take(await post<Session>('second-factor/remove', { password, code }))
}

/** What was refused, and at which field; at none where it is about the whole. */
export interface Refusal {
  at: 'password' | 'fresh' | 'code' | null
  text: string
}

/** What the server refuses, in the words of the page. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Problem)) throw error
  const { code, kind } = error
  if (code === 'wrong_password') return { at: 'password', text: t('own.passwordWrong') }
  if (code === 'second_factor') return { at: 'code', text: t('own.codeMissing') }
  if (code === 'second_factor_wrong') return { at: 'code', text: t('signin.codeWrong') }
  if (code === 'second_factor_sealed') return { at: 'code', text: t('signin.codeSealed') }
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
