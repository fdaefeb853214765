/** One illustrative store and one server for all browser tests: none of them changes anything. */
import type { TestProject } from 'vitest/node'
import { serveDemo } from '../../scripts/served.mjs'

declare module 'vitest' {
  export interface ProvidedContext {
    url: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await serveDemo({ parcels: 4000, seed: 1 })
  project.provide('url', server.url)
  return server.stop
}
