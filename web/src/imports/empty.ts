/** Whether a store has what the rooms show, and what it lacks first. */
import type { Catalog, ImportWish } from '../lib/types'

export type Kind = ImportWish['target']

/** The order in which things are brought in: each rests on the one before. */
export const kinds: readonly Kind[] = ['units', 'projects', 'parcels']

export const had = ({ units, projects }: Catalog): Record<Kind, number> => ({
  units: units.length,
  projects: projects.length,
  // A parcel lies in one commune; what lies above counts it again.
  parcels: units
    .filter(({ level }) => level === 'commune')
    .reduce((sum, { parcels }) => sum + parcels, 0),
})

/** What is to be brought in next; null where the store has all three. */
export function lacks(catalog: Catalog): Kind | null {
  const found = had(catalog)
  return kinds.find((kind) => found[kind] === 0) ?? null
}

/** Nothing was brought in yet. */
export const isEmpty = (catalog: Catalog): boolean =>
  kinds.every((kind) => had(catalog)[kind] === 0)
