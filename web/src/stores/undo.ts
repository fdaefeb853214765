/** What was chosen with some work and goes at one touch: it comes back at one touch, too. */
import { t } from '../i18n'
import { conditions } from '../lib/filter'
import { address } from './address.svelte'
import { toasts } from './toasts.svelte'

/** Tells what is done and offers to take it back. */
export function undoable(text: string, undo: () => void): void {
  toasts.show(text, { name: t('undo'), run: undo })
}

export function clearFilter(): void {
  const { filter } = address.now
  if (conditions(filter) === 0) return
  address.clearFilter()
  undoable(t('filter.cleared'), () => {
    address.go({ filter })
  })
}

/** Takes the drawn area out of the filter. */
export function leaveArea(): void {
  const { area } = address.now.filter
  address.narrow({ area: null })
  undoable(t('filter.areaLeft'), () => {
    address.narrow({ area })
  })
}

/** Closes the sheet; an area that somebody drew is not lost by that. */
export function leaveSelection(): void {
  const { selection } = address.now
  address.select(null)
  if (selection?.type !== 'area') return
  undoable(t('area.left'), () => {
    address.select(selection)
  })
}
