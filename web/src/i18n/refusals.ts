/** What the server says against passwords and too many tries, in the words of the page. */
import { Problem } from '../lib/api'
import type { KeyTrouble } from '../lib/keys'
import { LEAST, MOST } from '../lib/secrets'
import { t } from './index'

const MINUTE = 60

/** What is asked of a password: told before one is chosen. */
export const passwordRules = () => t('secret.rules', { n: LEAST })

/** What is wrong with a password before the server is asked; nothing where it may be one. */
export const shortText = (password: string): string =>
  [...password].length < LEAST ? t('secret.short', { n: LEAST }) : ''

/** What the server has against a new password; nothing where it is something else that it refuses. */
export function passwordText({ code }: Problem): string {
  switch (code) {
    case 'password_common':
      return t('secret.common')
    case 'password_short':
      return t('secret.short', { n: LEAST })
    case 'password_long':
      return t('secret.long', { n: MOST })
    case 'password_same':
      return t('secret.same')
    default:
      return ''
  }
}

/** What is wrong about what was given beside the password; nothing where it is something else that is refused. */
export function factorText({ code }: Problem): string {
  switch (code) {
    case 'second_factor_wrong':
      return t('signin.codeWrong')
    case 'second_factor_sealed':
      return t('signin.codeSealed')
    case 'key_wrong':
      return t('key.wrong')
    case 'key_late':
      return t('key.late')
    case 'key_counter':
      return t('key.counter')
    case 'key_refused':
      return t('key.refused')
    case 'keys_full':
      return t('key.full')
    case 'keys_not_here':
      return t('key.notHere')
    default:
      return ''
  }
}

/** Why a key said nothing. */
export function keyTroubleText(trouble: KeyTrouble): string {
  switch (trouble) {
    case 'cancelled':
      return t('key.cancelled')
    case 'late':
      return t('key.late')
    case 'known':
      return t('key.known')
    case 'failed':
      return t('key.failed')
  }
}

/** What cannot be done now: it was tried too often, or the server is not there. */
export function laterText({ kind, wait }: Problem): string {
  if (kind === 'unreachable') return t('notice.unreachable')
  if (kind !== 'busy') return ''
  if (wait === null) return t('notice.busy')
  return wait > MINUTE
    ? t('signin.oftenMinutes', { n: Math.ceil(wait / MINUTE) })
    : t('signin.oftenSeconds', { n: Math.max(1, wait) })
}
