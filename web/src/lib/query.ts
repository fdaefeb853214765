/** The filter as the server's query parameters, and back. */
import { asked } from './conditions'
import { besideParameters, NOTHING, readBeside } from './cql2'
import type { Filter } from './filter'

/** The filter as query parameters; `members` are the projects of the chosen legend step. */
export function filterParameters(
  filter: Filter,
  members: readonly string[] | null,
): URLSearchParams {
  const query = new URLSearchParams()
  const all = asked(filter, members)
  for (const { name, values } of all)
    if (values === true) query.set(name, 'true')
    else if (values.length) query.set(name, values.join(','))
  // A legend step without projects has no parcels; leaving the condition out would give all of them.
  const none = all.some(({ values }) => values !== true && !values.length)
  const beside = none ? NOTHING : besideParameters(filter)
  if (beside) query.set('filter', beside)
  return query
}

/** Reads query parameters back; the projects of a legend step are listed one by one. */
export function filterOfParameters(query: URLSearchParams): Filter {
  const listed = (name: string) => (query.get(name) ?? '').split(',').filter(Boolean)
  const is = (name: string) => query.get(name) === 'true'
  return {
    ...readBeside(query.get('filter') ?? ''),
    projects: listed('project'),
    units: listed('unit'),
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
