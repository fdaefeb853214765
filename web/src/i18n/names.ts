/** Names of what the catalog lists, in the language of the address; the code where it has none. */
import type { Catalog, Named } from '../lib/types'
import { nameOf } from './index'

const coded = (list: readonly { code: string; name: Named }[], code: string) => {
  const found = list.find((one) => one.code === code)
  return found ? nameOf(found.name) : code
}

export const stageName = (catalog: Catalog, code: string) => coded(catalog.stages, code)
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
