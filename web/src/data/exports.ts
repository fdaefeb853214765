/** What is on screen, as others take it: addresses of files, commands. */

import { pinned } from '../lib/api'
import { cql2 } from '../lib/cql2'
import { onlyOf, projectsOf, type Filter } from '../lib/filter'

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

/** The address of all parcels that pass, in a format; sorted as the table is where the server can. */
export function exportUrl(format: Format, filter: string, asOf: string | null): string {
  const query = new URLSearchParams({ f: format })
  if (filter) query.set('filter', filter)
  if (asOf) query.set('as_of', asOf)
  if (pinned !== null) query.set('at', String(pinned))
  return `${location.origin}/ogc/collections/parcels/items?${query.toString()}`
}

/** The address of the table as it is on screen: its columns in their order, its sorting, names for codes. */
export function tableUrl(
  format: 'xlsx' | 'csv',
  filter: Filter,
  members: readonly string[] | null,
  asOf: string | null,
  shown: readonly string[],
  sorts: readonly string[],
  lang: string,
): string {
  // Who reads a due day wants to know how long it is past.
  const columns = shown.flatMap((name) => (name === 'due_on' ? ['due_on', 'overdue_days'] : [name]))
  // Of parameters the head of a file tells the names: the one project, and the units.
  const project = onlyOf(projectsOf(filter, members) ?? [])
  const rest = { ...filter, projects: project === null ? filter.projects : [], units: [] }
  const condition = cql2(rest, project === null ? members : null)
  const url = new URL(exportUrl(format, '', asOf))
  if (filter.units.length) url.searchParams.set('unit', filter.units.join(','))
  if (project !== null) url.searchParams.set('project', project)
  if (condition) url.searchParams.set('filter', condition)
  url.searchParams.set('words', lang)
  url.searchParams.set('properties', columns.join(','))
  if (sorts.length) url.searchParams.set('sortby', sorts.join(','))
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
