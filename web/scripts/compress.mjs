// Writes .br and .gz beside each compressible file of dist, so that the server
// never compresses while someone waits.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const compressible = new Set(['.html', '.js', '.mjs', '.css', '.svg', '.json', '.txt', '.map'])

let files = 0
let before = 0
let after = 0
for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, String(name))
  if (!statSync(path).isFile() || !compressible.has(extname(path))) continue
  const bytes = readFileSync(path)
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
  writeFileSync(`${path}.br`, brotli)
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  files += 1
  before += bytes.length
  after += brotli.length
}
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`
console.log(`compressed ${files} files: ${kilobytes(before)} to ${kilobytes(after)} (br)`)
