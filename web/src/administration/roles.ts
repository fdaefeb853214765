/** The roles by their code: what they are called, and what they may do. */
import { t, type Key } from '../i18n'
import type { Catalog } from '../lib/types'

/** Chosen for a role that holds in the whole province. */
export const EVERYWHERE = '*'

export const roleNames: Record<string, Key> = {
  viewer: 'role.viewer',
  officer: 'role.officer',
  manager: 'role.manager',
  analyst: 'role.analyst',
  leader: 'role.leader',
  administrator: 'role.administrator',
}

export const roleDuties: Record<string, Key> = {
  viewer: 'role.looks',
  officer: 'role.records',
  manager: 'role.manages',
  analyst: 'role.analyses',
  leader: 'role.leads',
  administrator: 'role.administers',
}

export function roleName(code: string): string {
  const key = roleNames[code]
  return key ? t(key) : code
}

/** The units of today, by name: where a role may hold. */
export function unitsOf({ units }: Catalog): Catalog['units'] {
  const collator = new Intl.Collator('vi')
  return units
    .filter(({ valid_to }) => valid_to === null)
    .sort((a, b) => collator.compare(a.name, b.name))
}
