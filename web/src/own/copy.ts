import { t } from '../i18n'
import { toasts } from '../stores/toasts.svelte'

/** Gives a text to the clipboard, or says that it has to be done by hand. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toasts.show(t('export.copied'))
  } catch {
    // Without HTTPS browsers let no page write there.
    toasts.show(t('export.notCopied'))
  }
}
