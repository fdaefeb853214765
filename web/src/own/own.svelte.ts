/** Whether the dialog of one's own account is open: the tools of the map and the commands lead to it. */
import { session } from '../stores/session.svelte'

class Own {
  open = $state(false)
}

export const own = new Own()

/** What switching one-time codes on and off is called: beside security keys they are not all of the second step. */
export const codeWords = () =>
  session.now?.keys.length
    ? ({ begin: 'own.codesBegin', remove: 'own.codesRemove' } as const)
    : ({ begin: 'own.factorBegin', remove: 'own.factorRemove' } as const)
