/** Names of what the catalog lists, in the language of the address; the code where it has none. */
import type { Catalog, Named } from '../lib/types'
import { law } from '../stores/law.svelte'
import { nameOf } from './index'

const coded = (list: readonly { code: string; name: Named | null }[], code: string) => {
  const found = list.find((one) => one.code === code)
  return found?.name ? nameOf(found.name) : code
}

/** Where a parcel stands. */
export const standingName = (catalog: Catalog, code: string) => coded(catalog.standings, code)

/** An act: one of the nine that every parcel is followed by, else any other that the law names. */
export const actName = (catalog: Catalog, code: string) =>
  coded([...catalog.stages, ...(law.book?.acts ?? [])], code)

export const bodyName = (code: string) => coded(law.book?.bodies ?? [], code)
export const markName = (code: string) => coded(law.book?.marks ?? [], code)

export const blockerName = (catalog: Catalog, code: string) => coded(catalog.blocker_kinds, code)
export const kindName = (catalog: Catalog, code: string) => coded(catalog.kinds, code)
export const useName = (catalog: Catalog, code: string) => coded(catalog.land_uses, code)

export const projectName = ({ projects }: Catalog, code: string) =>
  projects.find((one) => one.code === code)?.name ?? code

/** The name of the unit that has the code now, else of one that had it. */
export const unitName = ({ units }: Catalog, code: string) =>
  (
    units.find((one) => one.code === code && one.valid_to === null) ??
    units.find((one) => one.code === code)
  )?.name ?? code
