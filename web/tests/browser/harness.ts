/**
 * Opens the app in Chromium as a person would have it, and watches what nobody
 * looks at: errors on the console and requests that leave the server. Both fail
 * the test that caused them.
 */
import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type LaunchOptions,
  type Page,
} from 'playwright-core'
import type { Map as MapLibre } from 'maplibre-gl'
import { afterEach, expect, inject } from 'vitest'
import { enter, openPage, rooms, type PicturedRoom, type Size } from '../../scripts/pictures.mjs'
import { chromiumOptions, plainOptions } from '../../scripts/served.mjs'
import { nextAct } from '../../src/lib/scale'
import type { Catalog, WorkParcel } from '../../src/lib/types'

declare global {
  interface Window {
    __matbang?: { map: MapLibre }
  }
}

/** The place of the approval on the scale. */
const APPROVAL = 5

export const desktop = { width: 1440, height: 900 }
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
}

/** A page of the app with all it asked for and all it complained about. */
export interface Visit {
  page: Page
  requests: string[]
  trouble: string[]
}

function watch(page: Page, origin: string): Visit {
  const visit: Visit = { page, requests: [], trouble: [] }
  page.on('request', (request) => {
    const url = request.url()
    visit.requests.push(url)
    const local = url.startsWith(`${origin}/`) || /^(data|blob):/.test(url)
    if (!local) visit.trouble.push(`request to ${url}`)
  })
  page.on('console', (message) => {
    // That a file is not fully understood yet, a ledger not so long, or nothing told of a work, is an answer,
    // not trouble of the page.
    const asked =
      / (404|422) /.test(message.text()) &&
      /\/preview$|\/work$|\/heads\/\d+$/.test(message.location().url)
    if (message.type() === 'error' && !asked)
      visit.trouble.push(`console: ${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => visit.trouble.push(`uncaught: ${error.message}`))
  return visit
}

/** The browsers of this worker by their switches: each is started when it is first asked for, and serves one file after the other. */
const started = new Map<string, Promise<Browser>>()

function launcher(options: LaunchOptions, switches: string[]) {
  const args = [...(options.args ?? []), ...switches]
  const key = args.join(' ')
  return (): Promise<Browser> => {
    const browser = started.get(key) ?? chromium.launch({ ...options, args })
    started.set(key, browser)
    return browser
  }
}

/** Until the map has drawn all it asked for and no part of the screen waits for figures. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    if (document.querySelector('.undrawn')) return true
    const map = window.__matbang?.map
    return map !== undefined && map.loaded() && map.areTilesLoaded() && !map.isMoving()
  })
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
}

/** Takes the network away; not before the worker is there, whose fetch would be broken off on the console. */
export async function goOffline(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await page.context().setOffline(true)
}

/**
 * Gives a test file a browser; `visit` opens the app at a query string and waits until it has settled. Only those of
 * `drawing` draw maps, without a graphics card: each of their pages costs seconds of two processors.
 */
export function useBrowser(own?: { url: string }, switches: string[] = []) {
  // Tests that record something have a server of their own, started before the first of them.
  const address = () => own?.url ?? inject('url')
  const plain = launcher(plainOptions, switches)
  const drawing = launcher(chromiumOptions, switches)
  let visits: Visit[] = []

  afterEach(async () => {
    const trouble = visits.flatMap((visit) => visit.trouble)
    await Promise.all(visits.map(({ page }) => page.context().close()))
    visits = []
    expect(trouble).toEqual([])
  })

  async function openIn(
    browser: Browser,
    query: string,
    options: BrowserContextOptions,
  ): Promise<Visit> {
    const context = await browser.newContext({
      viewport: desktop,
      deviceScaleFactor: 0.25,
      locale: 'vi-VN',
      reducedMotion: 'reduce',
      colorScheme: 'light',
      ...options,
    })
    const visit = watch(await context.newPage(), address())
    visits.push(visit)
    await visit.page.goto(`${address()}/${query}`)
    return visit
  }

  const ways = (launched: typeof plain) => {
    const open = async (query = '', options: BrowserContextOptions = {}): Promise<Visit> =>
      openIn(await launched(), query, options)
    const visit = async (query = '', options: BrowserContextOptions = {}): Promise<Visit> => {
      const visit = await open(query, options)
      await settled(visit.page)
      return visit
    }
    return { open, visit }
  }

  return {
    ...ways(plain),
    drawing: ways(drawing),
    /** A room as it is pictured in docs/screens; most have no map. */
    pictured: async (room: PicturedRoom, size: Size): Promise<Visit> => {
      const launched = rooms[room].mapped.includes(size) ? drawing : plain
      const visit = watch(await openPage(await launched(), size), address())
      visits.push(visit)
      await enter(visit.page, address(), room, size)
      return visit
    },
  }
}

/** The server's own answer, to hold the screen against. */
export async function answer<T>(path: string): Promise<T> {
  const response = await fetch(inject('url') + path)
  expect(response.status, path).toBe(200)
  return (await response.json()) as T
}

const vietnamese = (digits: number, style: 'decimal' | 'percent') =>
  new Intl.NumberFormat('vi-VN', {
    style,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })

/** A share as the Vietnamese screen writes it. */
export const percent = (share: number) =>
  vietnamese(1, 'percent').format(share).replace('%', '\u202f%')
/** A count as the Vietnamese screen writes it. */
export const whole = (count: number) => vietnamese(0, 'decimal').format(count)

/** Parcels before the approval of the plan: there the next act is one, and where it brings them. */
export const upToApproval = (parcels: WorkParcel[], { standings }: Pick<Catalog, 'standings'>) =>
  parcels.flatMap((parcel) => {
    const act = nextAct({ standings }, parcel)
    const early = standings.findIndex(({ code }) => code === parcel.stage) < APPROVAL
    return act && early ? [{ ...parcel, act }] : []
  })

/** Where a place of the map is on the screen. */
export function onScreen(page: Page, [lng, lat]: [number, number]) {
  return page.evaluate(
    ([x, y]) => {
      const point = window.__matbang?.map.project([x, y])
      return { x: point?.x ?? -1, y: point?.y ?? -1 }
    },
    [lng, lat] as const,
  )
}

/** What is drawn in a layer: one property of each feature, without repetition. */
export function drawn(page: Page, layer: string, property: string): Promise<string[]> {
  return page.evaluate(
    ([id, name]) => {
      const found = window.__matbang?.map.queryRenderedFeatures({ layers: [id] }) ?? []
      return [...new Set(found.map((feature) => String(feature.properties[name])))].sort()
    },
    [layer, property] as const,
  )
}

/** The place of a project's gauge on the screen. */
export function gaugeOf(page: Page, code: string) {
  return page.evaluate((wanted) => {
    const map = window.__matbang?.map
    const found = map
      ?.queryRenderedFeatures({ layers: ['project-gauge'] })
      .find(({ properties }) => properties.code === wanted)
    if (!map || found?.geometry.type !== 'Point') return { x: -1, y: -1 }
    const { x, y } = map.project(found.geometry.coordinates as [number, number])
    return { x, y }
  }, code)
}

/** Takes back what was just told. */
export async function undo(page: Page, told: string): Promise<void> {
  const message = page.getByRole('status').locator('p').filter({ hasText: told })
  await message.getByRole('button', { name: 'Hoàn tác' }).click()
}
