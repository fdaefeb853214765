/** The roles by their code: what they are called, and what they may do. */
import type { Key } from '../i18n'

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
