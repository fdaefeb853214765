/** The columns of the table: those of the server's items, what they are titled, what they show. */
import { t, type Key } from '../i18n'
import {
  blockerName,
  kindName,
  markName,
  projectName,
  standingName,
  unitName,
  useName,
} from '../i18n/names'
import { typedOfIso } from '../lib/days'
import { squareMetres } from '../lib/format'
import type { Catalog, TableRow } from '../lib/types'
import { address } from '../stores/address.svelte'

export interface Column {
  /** Name of the column in items, files and sorting. */
  name: string
  title: Key
  /** Pixels. */
  width: number
  numeric?: true
  /** The column by which rows are put together. */
  groups?: string
  show: (row: TableRow, catalog: Catalog) => string
}

const day = (iso: string | null) => (iso === null ? '' : typedOfIso(iso))
const listed = (codes: string | null) => codes?.split(' ') ?? []
const projectOf = ({ project: code }: TableRow, { projects }: Catalog) =>
  projects.find((one) => one.code === code)

export const columns: readonly Column[] = [
  {
    name: 'project_name',
    title: 'column.project',
    width: 160,
    groups: 'project',
    show: (row, catalog) => projectName(catalog, row.project),
  },
  {
    name: 'unit_name',
    title: 'column.unit',
    width: 128,
    groups: 'unit',
    show: (row, catalog) => unitName(catalog, row.unit),
  },
  { name: 'sheet', title: 'column.sheet', width: 62, numeric: true, show: (row) => row.sheet },
  { name: 'parcel', title: 'column.parcel', width: 76, numeric: true, show: (row) => row.parcel },
  {
    name: 'area',
    title: 'column.area',
    width: 118,
    numeric: true,
    show: (row) => squareMetres(row.area, address.now.lang),
  },
  {
    name: 'stage',
    title: 'column.stage',
    width: 178,
    groups: 'stage',
    show: (row, catalog) => (row.stage ? standingName(catalog, row.stage) : ''),
  },
  {
    name: 'due_on',
    title: 'column.due',
    width: 108,
    numeric: true,
    show: (row) => day(row.due_on),
  },
  {
    name: 'blockers',
    title: 'column.blockers',
    width: 144,
    show: (row, catalog) =>
      listed(row.blockers)
        .map((kind) => blockerName(catalog, kind))
        .join(', '),
  },
  {
    name: 'marks',
    title: 'column.marks',
    width: 190,
    show: (row) => listed(row.marks).map(markName).join(', '),
  },
  {
    name: 'stage_on',
    title: 'column.stageDay',
    width: 100,
    numeric: true,
    show: (row) => day(row.stage_on),
  },
  {
    name: 'planned_on',
    title: 'column.planned',
    width: 104,
    numeric: true,
    show: (row) => day(row.planned_on),
  },
  { name: 'use', title: 'column.use', width: 84, groups: 'use', show: (row) => row.use },
  {
    name: 'kind',
    title: 'column.kind',
    width: 150,
    groups: 'kind',
    show: (row, catalog) => kindName(catalog, projectOf(row, catalog)?.kind ?? ''),
  },
  {
    name: 'body',
    title: 'column.body',
    width: 220,
    groups: 'body',
    show: (row, catalog) => projectOf(row, catalog)?.body ?? '',
  },
]

/** What is shown unless somebody chooses otherwise. */
const more = ['marks', 'kind', 'body']
export const usual = columns.map(({ name }) => name).filter((name) => !more.includes(name))

/** The columns of an address, in the order of the table; the usual ones when it names none. */
export function columnsOf(names: readonly string[] | null): readonly string[] {
  const known = columns.flatMap(({ name }) => (names?.includes(name) ? [name] : []))
  return known.length ? known : usual
}

/** The name of a section: its code in words. */
export function sectionName(group: string, code: string, catalog: Catalog): string {
  if (!code) return t('none')
  if (group === 'project') return projectName(catalog, code)
  if (group === 'unit') return unitName(catalog, code)
  if (group === 'stage') return standingName(catalog, code)
  if (group === 'kind') return kindName(catalog, code)
  return group === 'use' ? `${code} · ${useName(catalog, code)}` : code
}
