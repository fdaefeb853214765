import { afterAll, beforeAll } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import { useBrowser } from './harness'
import { lives } from './lives'

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 4000, seed: 1 }))
})
afterAll(async () => {
  await server.stop()
})
const { open, visit } = useBrowser(server).drawing

lives(server, open, visit)
