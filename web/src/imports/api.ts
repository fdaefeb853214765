/** Files on their way into the store: sent, looked at, stored in one step, taken back. */
import { ask, change, guard, json, send, upload } from '../lib/api'
import type {
  Answer,
  ImportDone,
  ImportOutline,
  ImportPreview,
  ImportWish,
  PastImport,
  Sent,
} from '../lib/types'

/** Begins an import; gives its number. */
export const beginImport = async () =>
  (await send<Answer<'/api/v1/imports', 'post'>>('/api/v1/imports', '', json)).id

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
  return (await ask<Answer<'/api/v1/imports'>>('/api/v1/imports', {})).imports
}

export const undoImport = (position: number, note: string) =>
  send<Answer<'/api/v1/imports/undo', 'post'>>(
    '/api/v1/imports/undo',
    JSON.stringify({ position, note } satisfies Sent<'/api/v1/imports/undo'>),
    json,
  )

/** Fills an empty store with the illustration; says what it holds then. */
export const loadIllustration = () =>
  send<Answer<'/api/v1/demo', 'post'>>('/api/v1/demo', '{}', json)
