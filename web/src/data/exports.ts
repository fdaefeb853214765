/** What is on screen, as others take it: the filter in CQL2 (OGC 21-065), addresses of files, commands. */
import type { Filter } from '../lib/filter'

/** File formats that the server gives, with the ending of their files. */
export const formats = [
  { f: 'xlsx', name: 'Excel (XLSX)', ending: 'xlsx' },
  { f: 'csv', name: 'CSV', ending: 'csv' },
  { f: 'geojson', name: 'GeoJSON', ending: 'geojson' },
  { f: 'geojsonseq', name: 'GeoJSONSeq', ending: 'geojsonl' },
  { f: 'gpkg', name: 'GeoPackage', ending: 'gpkg' },
  { f: 'fgb', name: 'FlatGeobuf', ending: 'fgb' },
  { f: 'parquet', name: 'GeoParquet', ending: 'parquet' },
  { f: 'shp', name: 'Shapefile (ZIP)', ending: 'zip' },
  { f: 'kml', name: 'KML', ending: 'kml' },
] as const
export type Format = (typeof formats)[number]['f']

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

function among(name: string, values: readonly string[]): string {
  const [only] = values
  return values.length === 1 && only !== undefined
    ? `${name} = ${quoted(only)}`
    : `${name} IN (${values.map(quoted).join(', ')})`
}

/** The filter as CQL2 text; empty when it lets everything through. */
export function cql2(filter: Filter, members: readonly string[] | null): string {
  const projects = filter.project ? [filter.project] : members
  const parts = [
    projects ? among('project', projects) : null,
    filter.unit ? among('unit', [filter.unit]) : null,
    filter.kind ? among('kind', [filter.kind]) : null,
    filter.body ? among('body', [filter.body]) : null,
    filter.key ? 'key = TRUE' : null,
    filter.stages.length ? among('stage', filter.stages) : null,
    filter.uses.length ? among('use', filter.uses) : null,
    filter.blocked ? 'blocked = TRUE' : null,
    filter.overdue ? 'overdue = TRUE' : null,
    filter.late ? 'late = TRUE' : null,
  ]
  return parts.filter((part) => part !== null).join(' AND ')
}

/** The address of all parcels that pass, in a format; sorted as the table is where the server can. */
export function exportUrl(format: Format, filter: string, asOf: string | null): string {
  const query = new URLSearchParams({ f: format })
  if (filter) query.set('filter', filter)
  if (asOf) query.set('as_of', asOf)
  return `${location.origin}/ogc/collections/parcels/items?${query.toString()}`
}

/** What the export calls the columns of the table. */
const exported: Record<string, string> = {
  project: 'project_name',
  unit: 'unit_name',
  due_day: 'due_on',
  blocked: 'blockers',
  stage_day: 'stage_on',
  planned_day: 'planned_on',
}
const exportName = (name: string) => exported[name] ?? name

/** The address of the table as it is on screen: its columns in their order, its sorting, names for codes. */
export function tableUrl(
  format: 'xlsx' | 'csv',
  filter: string,
  asOf: string | null,
  shown: readonly string[],
  sorts: readonly string[],
  lang: string,
): string {
  // Who reads a due day wants to know how long it is past.
  const columns = shown.flatMap((name) =>
    name === 'due_day' ? ['due_on', 'overdue_days'] : [exportName(name)],
  )
  const url = new URL(exportUrl(format, filter, asOf))
  url.searchParams.set('words', lang)
  url.searchParams.set('properties', columns.join(','))
  const keys = sorts.map((sort) =>
    sort.startsWith('-') ? `-${exportName(sort.slice(1))}` : exportName(sort),
  )
  if (keys.length) url.searchParams.set('sortby', keys.join(','))
  return url.toString()
}

/** Lines for a terminal and for Python that fetch the same rows. */
export function commands(filter: string, asOf: string | null): { name: string; line: string }[] {
  const url = exportUrl('geojson', filter, asOf)
  const where = filter ? ` --filter "${filter}"` : ''
  const day = asOf ? ` --as-of ${asOf}` : ''
  return [
    { name: 'ogr2ogr', line: `ogr2ogr -f GPKG thua.gpkg "${url}"` },
    { name: 'Python', line: `import geopandas\nthua = geopandas.read_file("${url}")` },
    { name: 'matbang', line: `matbang export parcels --format gpkg${where}${day} --out thua.gpkg` },
  ]
}
