/** Does what may be refused, and tells why where it is. */
import { t } from '../i18n'
import { Problem } from '../lib/api'
import { toasts } from '../stores/toasts.svelte'

/**
 * Whether the work was done; `refused` tells in the page's words what the server's rule is, `placed` tells it at
 * the field that it is about, where there is one.
 */
export async function attempt(
  work: () => Promise<unknown>,
  refused = '',
  placed: (problem: Problem) => boolean = () => false,
): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    // Signing in is asked for by itself.
    if (error.kind === 'unsigned' || placed(error)) return false
    if (error.kind === 'unreachable') toasts.show(t('notice.unreachable'))
    else toasts.show((error.kind === 'refused' && refused) || error.detail)
    return false
  }
}
