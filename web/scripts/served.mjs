// Runs the real program on an illustrative store of its own in a temporary
// folder, for the browser tests and for the pictures of the documentation.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const binary =
  process.env.MATBANG_BIN ?? fileURLToPath(new URL('../../target/release/matbang', import.meta.url))

/** The Chromium that the tests drive, and the switches it needs where there is no graphics card. */
export const chromiumOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

/** The first line of a program's output, which for `serve` is its address; fails if it ends without one. */
async function firstLine(child) {
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`the server ended with ${String(status)} before it printed its address`)
  })
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
  return line
}

/** Until the ledger has been read; each question waits for its answer, so that few are asked. */
async function ready(url) {
  const deadline = Date.now() + 60_000
  while (!(await fetch(`${url}/readyz`)).ok)
    if (Date.now() > deadline) throw new Error('the server did not get ready within a minute')
}

/** Adds an account to a store. */
async function addAccount(store, { name, fullName, role, password }) {
  const words = ['user', 'add', name, '--full-name', fullName, '--role', role, '--password-stdin']
  const child = spawn(binary, ['--data', store, ...words], { stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.end(`${password}\n`)
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`the account ${name} could not be added`)
}

/**
 * Starts a server on a free port over a fresh demo store; `stop` ends it and
 * removes the store. `accounts` are added first, `options` are more words of `serve`.
 */
export async function serveDemo({ parcels, seed, accounts = [], options = [] }) {
  const folder = await mkdtemp(join(tmpdir(), 'matbang-'))
  const store = join(folder, 'demo.gpkg')
  await run(binary, [
    ...['--data', store, 'demo'],
    ...['--parcels', String(parcels), '--seed', String(seed)],
  ])
  for (const account of accounts) await addAccount(store, account)
  const { url, stop } = await serveStore(store, options)
  return {
    url,
    stop: async () => {
      await stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** Starts a server on a free port over a store; `options` are more words of `serve`. */
export async function serveStore(store, options = []) {
  const words = ['serve', '--listen', '127.0.0.1:0', ...options]
  const child = spawn(binary, ['--data', store, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await firstLine(child)
  await ready(url)
  return {
    url,
    stop: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}
