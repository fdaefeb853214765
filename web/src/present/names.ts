/** What a slide is called: its project or unit, else what the whole deck is about. */
import { projectName, unitName } from '../i18n/names'
import { filterWords } from '../i18n/scope'
import { filterOfParameters } from '../lib/query'
import type { Catalog, Slide } from '../lib/types'
import { deck } from './deck.svelte'

export function slideName(catalog: Catalog, { about, code }: Slide): string {
  if (about === 'project') return projectName(catalog, code)
  if (about === 'unit') return unitName(catalog, code)
  return filterWords(catalog, filterOfParameters(deck.filter()), null, deck.day(catalog)).title
}
