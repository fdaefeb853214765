/** Files on their way into the store: sent, looked at, stored in one step, taken back. */
import { ask, change, guard, json, send, upload } from '../lib/api'
import type { Bbox } from '../lib/types'

export interface LayerOutline {
  name: string
  features: number | null
  columns: string[]
  spatial: boolean
  crs: string | null
}
export interface ImportOutline {
  files: string[]
  layers: LayerOutline[]
  fields: Record<'units' | 'projects' | 'parcels', { name: string; required: boolean }[]>
}

/** How a file is to be understood. */
export interface ImportWish {
  target: 'units' | 'projects' | 'parcels'
  layer?: string
  crs?: string
  encoding?: string
  mapping?: Record<string, string>
  project?: string
  unit?: string
  intersect?: boolean
  day?: string
}

export interface ImportReport {
  file: string
  layer: string
  driver: string
  crs: {
    source: 'file' | 'option' | 'detected' | 'none'
    code: string | null
    name: string
    axes: string
    note: string | null
  }
  encoding: {
    used: string
    chosen: boolean
    sample: { before: string; after: string }[]
    score: number
  }
  mapping: Record<string, string>
  read: number
  accepted: number
  repaired: { feature: string; reason: string }[]
  refused: { feature: string; field: string | null; reason: string }[]
  overlaps: { a: string; b: string; area_m2: number }[]
  area_differences: {
    feature: string
    field: 'declared_area' | 'recovered_area'
    declared_m2: number
    computed_m2: number
    percent: number
  }[]
  divided: { feature: string; reason: string }[]
  located: { unit: string; name: string; parcels: number }[]
  /** Parcels that lie far from where they should, and the zone by which they would lie there. */
  misplaced: {
    distance_km: number
    project: string | null
    zone: { crs: string; meridian: number; unit: string | null } | null
  } | null
  warnings: string[]
}
export type ImportPreview = ImportReport & {
  allowed: boolean
  preview: GeoJSON.FeatureCollection & { total: number; bbox: Bbox | null }
}
export type ImportDone = ImportReport & {
  stored: { inserted: number; updated: number; at: number }
}

export interface PastImport {
  position: number
  layer: 'units' | 'projects' | 'parcels'
  source: string
  rows: number
  day: string
  recorded_at: number
  author: string
  state: 'can_be_undone' | 'undone' | 'in_use'
}

/** Begins an import; gives its number. */
export const beginImport = async () => (await send<{ id: string }>('/api/v1/imports', '', json)).id

/** Sends files to be looked at, and tells how many bytes of them have gone. */
export async function sendFiles(
  id: string,
  files: readonly File[],
  onsent: (bytes: number) => void,
): Promise<void> {
  let before = 0
  for (const file of files) {
    const path = `/api/v1/imports/${id}/files/${encodeURIComponent(file.name)}`
    const sent = (bytes: number) => {
      onsent(before + Math.min(bytes, file.size))
    }
    await upload('PUT', path, file, sent, 'application/octet-stream')
    before += file.size
  }
}

export const fetchOutline = (id: string) => ask<ImportOutline>(`/api/v1/imports/${id}`, {})

export const previewImport = (id: string, wish: ImportWish, signal: AbortSignal) =>
  ask<ImportPreview>(`/api/v1/imports/${id}/preview`, {
    method: 'POST',
    headers: { 'content-type': json, 'x-csrf-token': guard.csrf },
    body: JSON.stringify(wish),
    signal,
  })

export const commitImport = (id: string, wish: ImportWish) =>
  send<ImportDone>(`/api/v1/imports/${id}/commit`, JSON.stringify(wish), json)

export const forgetImport = (id: string) => change<null>('DELETE', `/api/v1/imports/${id}`)

export async function fetchImports(): Promise<PastImport[]> {
  return (await ask<{ imports: PastImport[] }>('/api/v1/imports', {})).imports
}

export const undoImport = (position: number, note: string) =>
  send<{ withdrawn: number }>('/api/v1/imports/undo', JSON.stringify({ position, note }), json)

/** Fills an empty store with the illustration; says what it holds then. */
export const loadIllustration = () =>
  send<{ units: number; projects: number; parcels: number; position: number }>(
    '/api/v1/demo',
    '{}',
    json,
  )
