/** A link to just what is on the screen. */
import { t } from '../i18n'
import { toasts } from './toasts.svelte'

/** Copies the address, or says how to do it by hand. */
export async function copyLink(url = location.href): Promise<void> {
  try {
    await navigator.clipboard.writeText(url)
    toasts.show(t('toolbar.shared'))
  } catch {
    toasts.show(t('toolbar.notShared'))
  }
}
