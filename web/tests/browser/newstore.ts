/** A store that is made by the command line for the tests of one file, and served. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { serveStore } from '../../scripts/served.mjs'

/** Files that the app gives to who begins. */
export const samples = join(import.meta.dirname, '../../public/samples')

/** Serves what `fill` puts into a new store by commands, with what they are to read; the address comes with the first test. */
export function serveNew(fill: (run: (words: string[], input?: string) => void) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'matbang-'))
  const server = { url: '', stop: () => Promise.resolve() }
  beforeAll(async () => {
    const binary =
      process.env.MATBANG_BIN ?? join(import.meta.dirname, '../../../target/release/matbang')
    const store = join(folder, 'new.gpkg')
    fill((words, input) => execFileSync(binary, ['--data', store, ...words], { input }))
    Object.assign(server, await serveStore(store))
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  })
  return server
}
