// Runs the real program twice on one PostgreSQL database of its own, for the tests of two browsers on two servers.
import { execFile } from 'node:child_process'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { binary, serveStore } from './served.mjs'

const run = promisify(execFile)

/** A program of PostgreSQL, as a user that it runs as: it refuses root. */
async function postgres(name, words) {
  const versions = (await readdir('/usr/lib/postgresql')).sort()
  const program = `/usr/lib/postgresql/${versions.at(-1)}/bin/${name}`
  if (process.getuid?.() !== 0) return run(program, words)
  return run(
    'setpriv',
    ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--', program, ...words],
    {
      cwd: '/',
    },
  )
}

/** Number of a user of this system. */
async function number(of, name) {
  const { stdout } = await run('id', [of, name])
  return Number(stdout)
}

/** A database with PostGIS behind a socket in a folder of its own; its address and what ends it. */
async function database() {
  const folder = await mkdtemp(join(tmpdir(), 'mb'))
  if (process.getuid?.() === 0)
    await chown(folder, await number('-u', 'postgres'), await number('-g', 'postgres'))
  const files = join(folder, 'data')
  await postgres('initdb', [
    '-D',
    files,
    '-U',
    'admin',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '-N',
  ])
  const options = `-k ${folder} -c listen_addresses=`
  await postgres('pg_ctl', [
    '-D',
    files,
    '-o',
    options,
    '-l',
    join(folder, 'log'),
    '-w',
    '-s',
    'start',
  ])
  const sql = (of, text) => postgres('psql', ['-h', folder, '-U', 'admin', '-d', of, '-qc', text])
  await sql('postgres', 'CREATE DATABASE demo')
  await sql('demo', 'CREATE EXTENSION postgis')
  return {
    address: `postgres://admin@/demo?host=${folder}`,
    stop: async () => {
      await postgres('pg_ctl', ['-D', files, '-m', 'immediate', '-s', 'stop'])
      await rm(folder, { recursive: true })
    },
  }
}

/** Two servers on one fresh demo store in a database: their addresses, and what ends all of it. */
export async function serveTwice({ parcels, seed }) {
  const { address, stop } = await database()
  const folder = await mkdtemp(join(tmpdir(), 'matbang-'))
  const words = ['demo', '--parcels', String(parcels), '--seed', String(seed)]
  await run(binary, ['--data', address, '--config', folder, ...words])
  const options = ['--config', folder, '--files', join(folder, 'files')]
  const servers = await Promise.all([1, 2].map(() => serveStore(address, options)))
  return {
    urls: servers.map(({ url }) => url),
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()))
      await stop()
      await rm(folder, { recursive: true })
    },
  }
}
