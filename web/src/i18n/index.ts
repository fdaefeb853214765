/** Texts of the interface. Names that the server sends come in both languages; everything else stands in the message files. */
import { address } from '../stores/address.svelte'
import { perCentSigns } from '../lib/format'
import type { Named } from '../lib/types'
import en from './en'
import vi from './vi'

export type Key = keyof typeof vi
type Values = Record<string, string | number>

const messages: Record<'vi' | 'en', Record<Key, string>> = { vi, en }

/**
 * The text of a key in the language of the address. `{name}` takes a value;
 * `{name|one|other}` takes the word that fits the number.
 */
export function t(key: Key, values: Values = {}): string {
  return messages[address.now.lang][key].replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (whole, name: string, one?: string, other?: string) => {
      const value = values[name]
      if (value === undefined) return whole
      if (one === undefined) return String(value)
      return (Number(value) === 1 ? one : other) ?? ''
    },
  )
}

/** The text of a key without values in both languages: for names that are written down. */
export const inBoth = (key: Key): Named => ({ vi: messages.vi[key], en: messages.en[key] })

/** The name in the language of the address, with signs as this page writes them. */
export const nameOf = (name: Named): string =>
  perCentSigns(name[address.now.lang], address.now.lang)
