/** Two browsers on two servers that share a database. */
import { afterAll, beforeAll } from 'vitest'
import { serveTwice } from '../../scripts/shared.mjs'
import { useBrowser } from './harness'
import { lives } from './lives'

const [one, other] = [{ url: '' }, { url: '' }]
let stop = () => Promise.resolve()
beforeAll(async () => {
  const served = await serveTwice({ parcels: 4000, seed: 1 })
  one.url = served.urls[0]
  other.url = served.urls[1]
  stop = served.stop
})
afterAll(async () => {
  await stop()
})
const { open } = useBrowser(one).drawing
const { visit } = useBrowser(other).drawing

lives(one, open, visit)
