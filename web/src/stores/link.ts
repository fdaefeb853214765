/** A link to just what is on the screen: as it will be, or as it is now. */
import { t } from '../i18n'
import { writeAddress } from '../lib/address'
import { dateOfDay, dayOfIso } from '../lib/days'
import { count } from '../lib/format'
import { address } from './address.svelte'
import { figures } from './figures.svelte'
import { toasts } from './toasts.svelte'

async function copied(url: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(url)
    return true
  } catch {
    toasts.show(t('toolbar.notShared'))
    return false
  }
}

/** The day and the state of the ledger that the figures on screen are of. */
function shown(): { date: number; at: number } | null {
  const { now } = address
  const summary = figures.summary.value
  const date = now.date ?? (summary && dayOfIso(summary.as_of))
  const at = now.at ?? summary?.at
  return date === null || at === undefined ? null : { date, at }
}

/** Copies the address, or says how to do it by hand; offers to pin what it shows. */
export async function copyLink(url = location.href): Promise<void> {
  if (!(await copied(url))) return
  const own = url === location.href && address.now.at === null && address.now.briefing === null
  const pin = { name: t('link.pinShort'), run: () => void copyPinned() }
  toasts.show(t('toolbar.shared'), own && shown() ? pin : null)
}

/** Copies a link that will always show the figures that are on screen now. */
export async function copyPinned(): Promise<void> {
  const state = shown()
  if (!state) {
    toasts.show(t('headline.unknown'))
    return
  }
  const search = writeAddress({ ...address.now, ...state })
  if (!(await copied(location.origin + location.pathname + search))) return
  const values = { date: dateOfDay(state.date), at: count(state.at, address.now.lang) }
  toasts.show(t('link.pinned', values))
}
