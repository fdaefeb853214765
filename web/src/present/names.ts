/** What a slide is called: its project or unit, else what the whole deck is about. */
import { projectName, unitName } from '../i18n/names'
import { filterWords } from '../i18n/scope'
import { filterOfParameters } from '../lib/filter'
import type { Catalog } from '../lib/types'
import type { Slide } from './api'
import { deck } from './deck.svelte'

export function slideName(catalog: Catalog, { about, code }: Slide): string {
  if (about === 'project') return projectName(catalog, code)
  if (about === 'unit') return unitName(catalog, code)
  const { filter, members } = filterOfParameters(deck.filter())
  return filterWords(catalog, filter, members, deck.day(catalog)).title
}
