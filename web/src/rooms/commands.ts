/** All that the palette of commands offers: rooms, projects, communes, actions. */
import { tick } from 'svelte'
import { t, type Key } from '../i18n'
import { rooms, type View } from '../lib/address'
import type { Bbox, Catalog } from '../lib/types'
import { own } from '../own/own.svelte'
import { address } from '../stores/address.svelte'
import { commands } from '../stores/commands.svelte'
import { figures } from '../stores/figures.svelte'
import { copyLink, copyPinned } from '../stores/link'
import { reporting, subjectOf } from '../stores/reporting.svelte'
import { session } from '../stores/session.svelte'
import { stage } from '../stores/stage.svelte'
import { clearFilter } from '../stores/undo'
import { surroundings } from '../stores/surroundings.svelte'

export interface Command {
  id: string
  kind: Key
  name: string
  run: () => void
}

/** Pixels that the world is wide at zoom 0. */
const WORLD = 512
const NEAR = 16

/** About what shows a box, for a map that is not there yet. */
function viewOf([west, south, east, north]: Bbox): View {
  const pixels = Math.min(innerWidth, innerHeight) / 2
  const degrees = Math.max(east - west, north - south, 1e-4)
  const zoom = Math.min(NEAR, Math.log2((360 * pixels) / (WORLD * degrees)))
  return { zoom, lng: (west + east) / 2, lat: (south + north) / 2 }
}

function goToProject(code: string, bbox: Bbox | null): void {
  const there = address.now.room === 'map'
  const selection = { type: 'project', code } as const
  address.go(there ? { selection } : { room: 'map', selection, view: bbox && viewOf(bbox) })
  // The sheet takes its room first.
  if (there && bbox) void tick().then(() => stage.fit(bbox))
}

function narrowToUnit(code: string, bbox: Bbox | null): void {
  const stays = ['map', 'data', 'present'].includes(address.now.room)
  const filter = { ...address.now.filter, units: [code] }
  address.go(stays ? { filter } : { room: 'map', filter, view: bbox && viewOf(bbox) })
  if (stays && bbox && address.now.room === 'map') stage.fit(bbox)
}

function exportRows(): void {
  commands.exporting = true
  address.go({ room: 'data', duty: null })
}

export function commandsOf(catalog: Catalog): Command[] {
  const dark = surroundings.theme === 'dark'
  const action = (id: string, name: string, run: () => void): Command => ({
    id,
    kind: 'command.action',
    name,
    run,
  })
  return [
    ...rooms
      .filter((room) => session.mayEnter(room))
      .map((room): Command => ({
        id: `room-${room}`,
        kind: 'command.room',
        name: t(`room.${room}`),
        run: () => {
          address.go({ room })
        },
      })),
    action('theme', t(dark ? 'toolbar.light' : 'toolbar.dark'), () => {
      address.go({ theme: dark ? 'light' : 'dark' }, 'replace')
    }),
    action('language', t('command.language'), () => {
      address.go({ lang: address.now.lang === 'vi' ? 'en' : 'vi' }, 'replace')
    }),
    action('print', t('toolbar.print'), () => {
      commands.print()
    }),
    action('export', t('command.export'), exportRows),
    action('report', t('paper.open'), () => {
      reporting.open(subjectOf(address.now.filter), figures.asOf)
    }),
    action('share', t('toolbar.share'), () => void copyLink()),
    action('pin', t('link.pin'), () => void copyPinned()),
    action('full', t('command.full'), () => void commands.full()),
    action('clear', t('filter.clear'), clearFilter),
    ...(session.now?.account
      ? [
          action('account', t('own.title'), () => {
            own.open = true
          }),
          action('leave', t('own.leave'), () => void session.signOut()),
        ]
      : []),
    ...catalog.projects.map(({ code, name, bbox }): Command => ({
      id: `project-${code}`,
      kind: 'search.project',
      name,
      run: () => {
        goToProject(code, bbox)
      },
    })),
    ...catalog.units
      .filter(({ level, parcels }) => level === 'commune' && parcels > 0)
      .map(({ code, name, bbox }): Command => ({
        id: `unit-${code}`,
        kind: 'filter.unit',
        name,
        run: () => {
          narrowToUnit(code, bbox)
        },
      })),
  ]
}
