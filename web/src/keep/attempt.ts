/** Does what may be refused, and tells why where it is. */
import { t } from '../i18n'
import { Problem } from '../lib/api'
import { toasts } from '../stores/toasts.svelte'

/** Whether the work was done. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    toasts.show(error.detail || t('notice.unreachable'))
    return false
  }
}

/** Milliseconds since 1970 as date and time of day, in Vietnam. */
export const timeOf = (milliseconds: number) =>
  new Intl.DateTimeFormat('vi-VN', {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone: 'Asia/Ho_Chi_Minh',
  }).format(milliseconds)
