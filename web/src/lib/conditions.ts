/**
 * The conditions that a filter sets on what a parcel says of itself, told once. From here follow the server's
 * parameters, CQL2, the map's expressions, and what is chosen in the browser without asking.
 */
import { projectsOf, type Filter } from './filter'
import type { Catalog } from './types'

/** What is asked of the property of a name: to be one of some values, or to be true. */
export interface Asked {
  name: string
  values: readonly string[] | true
}

type Read = (filter: Filter) => readonly string[] | string | boolean | null

const CONDITIONS: readonly { name: string; read: Read }[] = [
  { name: 'unit', read: ({ units }) => units },
  { name: 'kind', read: ({ kind }) => kind },
  { name: 'body', read: ({ body }) => body },
  { name: 'key', read: ({ key }) => key },
  { name: 'stage', read: ({ stages }) => stages },
  { name: 'use', read: ({ uses }) => uses },
  { name: 'blocked', read: ({ blocked }) => blocked },
  { name: 'overdue', read: ({ overdue }) => overdue },
  { name: 'late', read: ({ late }) => late },
]

/** The conditions that are set; `members` are the projects of the chosen legend step, of which there may be none. */
export function asked(filter: Filter, members: readonly string[] | null): readonly Asked[] {
  const projects = projectsOf(filter, members)
  const others = CONDITIONS.flatMap(({ name, read }): Asked[] => {
    const value = read(filter)
    if (value === true) return [{ name, values: true }]
    const values = typeof value === 'string' ? [value] : value || []
    return values.length ? [{ name, values }] : []
  })
  return projects ? [{ name: 'project', values: projects }, ...others] : others
}

/** Whether a feature with these properties is what is asked for. */
export const passes = (
  properties: Readonly<Record<string, unknown>>,
  all: readonly Asked[],
): boolean =>
  all.every(({ name, values }) => {
    const own = properties[name]
    return values === true ? own === true : typeof own === 'string' && values.includes(own)
  })

/** Conditions on a project; its parcels may lie in several units. */
const OF_PROJECTS: readonly string[] = ['project', 'kind', 'body', 'key']

/** Codes of the projects that pass the filter's project conditions; null when none is set. */
export function matchingProjects(
  catalog: Catalog,
  filter: Filter,
  members: readonly string[] | null,
): string[] | null {
  const all = asked(filter, members).filter(({ name }) => OF_PROJECTS.includes(name))
  const { units } = filter
  if (!all.length && !units.length) return null
  return catalog.projects
    .filter(
      (entry) =>
        passes({ ...entry, project: entry.code }, all) &&
        (!units.length || units.some((unit) => entry.units.includes(unit))),
    )
    .map(({ code }) => code)
}
