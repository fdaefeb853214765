/** Why a file can't be read, in words for who has to mend it. */
import { t, type Key } from '../i18n'
import type { Problem } from '../lib/api'
import { faultText } from './faults'

const known: Record<string, Key> = {
  unreadable: 'trouble.unreadable',
  not_a_dataset: 'trouble.dataset',
  damaged: 'trouble.damaged',
  layer: 'trouble.layer',
  empty: 'trouble.empty',
  mapping: 'trouble.mapping',
  missing_field: 'trouble.field',
  unknown_crs: 'trouble.crs',
  no_crs: 'trouble.noCrs',
  outside: 'trouble.outside',
  ring_too_long: 'trouble.ring',
  wrong_geometry: 'trouble.geometry',
  no_parcels: 'trouble.drawing',
  level: 'trouble.level',
  no_projects: 'trouble.projects',
  unknown_project: 'trouble.project',
  no_project: 'trouble.project',
  no_boundary: 'trouble.boundary',
  nothing_inside: 'trouble.inside',
  active: 'trouble.active',
  memory: 'trouble.memory',
  time: 'trouble.time',
  died: 'trouble.died',
  nonsense: 'trouble.died',
  too_many_rows: 'trouble.rows',
  too_many_vertices: 'trouble.vertices',
  too_many_lines: 'trouble.lines',
  too_many_crossings: 'trouble.crossings',
  too_many_findings: 'trouble.findings',
  unpacks_too_large: 'trouble.unpacked',
  too_many_columns: 'trouble.columns',
  text_too_long: 'trouble.text',
}

export function problemText(problem: Problem): string {
  if (problem.kind === 'unreachable') return t('notice.unreachable')
  const own = faultText(problem.detail).title
  if (own !== problem.detail) return own
  const key = problem.code === null ? undefined : known[problem.code]
  return key ? t(key) : problem.detail
}
