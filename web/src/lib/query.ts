/** The filter as the server's query parameters, and back. */
import { besideParameters, NOTHING, readBeside } from './cql2'
import { onlyOf, projectsOf, type Filter } from './filter'

/** The filter as query parameters; `members` are the projects of the chosen legend step. */
export function filterParameters(filter: Filter, members: string[] | null): URLSearchParams {
  const query = new URLSearchParams()
  const projects = projectsOf(filter, members)
  const beside = besideParameters(filter)
  if (projects?.length) query.set('project', projects.join(','))
  const unit = onlyOf(filter.units)
  if (unit !== null) query.set('unit', unit)
  if (filter.kind) query.set('kind', filter.kind)
  if (filter.body) query.set('body', filter.body)
  if (filter.key) query.set('key', 'true')
  if (filter.stages.length) query.set('stage', filter.stages.join(','))
  if (filter.uses.length) query.set('use', filter.uses.join(','))
  if (filter.blocked) query.set('blocked', 'true')
  if (filter.overdue) query.set('overdue', 'true')
  if (filter.late) query.set('late', 'true')
  // A legend step without projects has no parcels; leaving the condition out would give all of them.
  if (projects?.length === 0) query.set('filter', NOTHING)
  else if (beside) query.set('filter', beside)
  return query
}

/** Reads query parameters back; the projects of a legend step are listed one by one. */
export function filterOfParameters(query: URLSearchParams): Filter {
  const listed = (name: string) => (query.get(name) ?? '').split(',').filter(Boolean)
  const is = (name: string) => query.get(name) === 'true'
  const beside = readBeside(query.get('filter') ?? '')
  return {
    ...beside,
    projects: listed('project'),
    units: query.has('unit') ? listed('unit') : beside.units,
    kind: query.get('kind'),
    body: query.get('body'),
    key: is('key'),
    stages: listed('stage'),
    uses: listed('use'),
    blocked: is('blocked'),
    overdue: is('overdue'),
    late: is('late'),
    step: null,
  }
}
