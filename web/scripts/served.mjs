// Runs the real program on an illustrative store of its own in a temporary
// folder, for the browser tests and for the pictures of the documentation.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const binary =
  process.env.MATBANG_BIN ?? fileURLToPath(new URL('../../target/release/matbang', import.meta.url))

/**
 * What Chromium does without. Of several lists the last one counts: this is Playwright's own, with the panels under
 * the address bar, which nobody sees here and which cost a processor a second a page.
 */
const without = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
]

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
    // Debian has pages painted by the graphics card; where there is none that is the dearer way.
    '--disable-gpu-rasterization',
    `--disable-features=${without.join()}`,
  ],
}

/** A browser that draws no maps: its pages stand in a fifth of the time. */
export const plainOptions = {
  ...chromiumOptions,
  args: [
    ...chromiumOptions.args.filter((argument) => !argument.includes('swiftshader')),
    '--disable-gpu',
    '--disable-3d-apis',
  ],
}

/**
 * When the pictures of the documentation are taken, nine in the morning in Vietnam: the same
 * program makes the same pictures on every day.
 */
export const pictureTime = new Date('2026-11-24T02:00:00Z')
export const pictureZone = 'Asia/Ho_Chi_Minh'

/** The library of Debian's faketime, which tells a program another time. */
async function libfaketime() {
  for (const folder of await readdir('/usr/lib')) {
    const files = await readdir(`/usr/lib/${folder}/faketime`).catch(() => [])
    if (files.includes('libfaketimeMT.so.1'))
      return `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`
  }
  throw new Error('faketime is not installed: run make setup-test')
}

/**
 * The surroundings of a program that starts at `time` and takes it from there; its own if there
 * is none. The program has no switch for this: a ledger's times must not be anyone's choice.
 */
async function surroundings(time) {
  if (!time) return process.env
  return {
    ...process.env,
    LD_PRELOAD: await libfaketime(),
    FAKETIME: `@${time.toISOString().slice(0, 19).replace('T', ' ')}`,
    // Timeouts go on by the real clock.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    TZ: 'UTC',
  }
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

/** Adds an account to a store; one without a password comes by a provider of identities. */
async function addAccount(store, { name, fullName, role, unit, password }) {
  const where = unit ? ['--unit', unit] : []
  const who = ['user', 'add', name, '--full-name', fullName, '--role', role, ...where]
  const words = [...who, password === undefined ? '--no-password' : '--password-stdin']
  const child = spawn(binary, ['--data', store, ...words], { stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.end(`${password ?? ''}\n`)
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`the account ${name} could not be added`)
}

/**
 * Starts a server on a free port over a fresh demo store; `stop` ends it and
 * removes the store. `accounts` are added first, `options` are more words of `serve`, `time` is
 * when it starts if that is not now.
 */
export async function serveDemo({ parcels, seed, accounts = [], options = [], time }) {
  const folder = await mkdtemp(join(tmpdir(), 'matbang-'))
  const store = join(folder, 'demo.gpkg')
  const words = ['--data', store, 'demo', '--parcels', String(parcels), '--seed', String(seed)]
  await run(binary, words, { env: await surroundings(time) })
  for (const account of accounts) await addAccount(store, account)
  const { url, stop } = await serveStore(store, options, time)
  return {
    url,
    stop: async () => {
      await stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** Starts a server on a free port over a store; `options` and `time` as in `serveDemo`. */
export async function serveStore(store, options = [], time) {
  const words = ['serve', '--listen', '127.0.0.1:0', ...options]
  const child = spawn(binary, ['--data', store, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: await surroundings(time),
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
