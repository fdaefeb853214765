/** The slides: made from the filter, put in order by the presenter, or saved and frozen. */
import { ask, at, fetchNumbers, none, Problem, queryOf, withMore } from '../lib/api'
import { beyondTiles } from '../lib/cql2'
import { dayOfIso } from '../lib/days'
import { behindPlan, byState, noFilter } from '../lib/filter'
import { filterOfParameters, filterParameters } from '../lib/query'
import type { Briefing, BriefingEntry, Catalog, Slide, Summary } from '../lib/types'
import { address } from '../stores/address.svelte'
import { figures } from '../stores/figures.svelte'
import { Resource } from '../stores/resource.svelte'
import { fetchBriefing, fetchBriefings, removeBriefing, restoreBriefing, saveBriefing } from './api'
import { fetchFacts, type Facts } from './facts'

const PROJECTS = 12

class Deck {
  /** The presenter's own order and notes; null follows the filter. */
  own = $state.raw<Slide[] | null>(null)
  by = $state<'project' | 'unit'>('project')
  readonly briefing = new Resource<Briefing>()
  readonly facts = new Resource<Facts>()
  /** Where each project stands in the same state of the ledger: what the map's gauges show. */
  readonly standing = new Resource<Summary>()
  /** Parcels that pass what the map's tiles know nothing of. */
  readonly numbers = new Resource<number[]>()
  saved = $state.raw<BriefingEntry[] | null>(null)

  readonly frozen = $derived(address.now.briefing === null ? null : this.briefing.value)
  readonly slides = $derived(
    this.frozen?.slides ??
      (figures.summary.value === null
        ? []
        : this.own
          ? passing(this.own, figures.summary.value)
          : usual(figures.summary.value, this.by)),
  )
  readonly index = $derived(Math.min(address.now.slide, Math.max(0, this.slides.length - 1)))
  readonly slide = $derived(this.slides[this.index] ?? null)

  /** Day that all slides are of. */
  day(catalog: Catalog): number {
    return (this.frozen && dayOfIso(this.frozen.as_of)) ?? address.now.date ?? catalog.today
  }

  /** The ledger's state that all slides are of, as query parameters. */
  when(): URLSearchParams {
    const position = this.frozen ? String(this.frozen.at) : null
    return withMore(none, { at: position, as_of: this.frozen?.as_of ?? figures.asOf })
  }

  /** Asks for the briefing of the address and for the slide that is shown; call it in an effect. */
  follow(catalog: Catalog): void {
    const { briefing } = address.now
    if (briefing === null) this.briefing.clear()
    else this.briefing.ask(briefing, (signal) => fetchBriefing(briefing, signal))
    const { slide } = this
    if (!slide || (briefing !== null && !this.frozen)) {
      this.facts.clear()
      return
    }
    const [filter, when, day] = [this.filter(), this.when(), this.day(catalog)]
    const beyond = beyondTiles(filterOfParameters(filter)).join(' AND ')
    if (beyond)
      this.numbers.ask(`${beyond} ${when.toString()}`, (signal) =>
        fetchNumbers(beyond, when.get('as_of'), signal, when.get('at')),
      )
    else this.numbers.clear()
    const key = `${slide.about} ${slide.code} ${filter.toString()} ${when.toString()}`
    this.standing.ask(when.toString(), (signal) =>
      ask<Summary>(at('/api/v1/summary', when), { signal }),
    )
    this.facts.ask(`${key} ${address.now.lang}`, (signal) =>
      fetchFacts({ slide, catalog, filter, when, day, signal }),
    )
  }

  /** The filter of the deck as query parameters. */
  filter(): URLSearchParams {
    if (this.frozen) return queryOf(this.frozen.filter)
    const { filter } = address.now
    return filterParameters(filter, filter.step === null ? null : figures.members)
  }

  /** What the map shows of the filter beyond its tiles; null where that is everything. */
  chosen(): number[] | null {
    return beyondTiles(filterOfParameters(this.filter())).length ? (this.numbers.value ?? []) : null
  }

  go(index: number): void {
    const slide = Math.min(this.slides.length - 1, Math.max(0, index))
    address.go({ slide }, 'replace')
  }

  /** Moves a slide by so many places. */
  move(index: number, by: number): void {
    const list = [...this.slides]
    const [moved] = list.splice(index, 1)
    if (moved) list.splice(Math.max(0, index + by), 0, moved)
    this.own = list
  }

  remove(index: number): void {
    if (this.slides.length > 1) this.own = this.slides.filter((_, place) => place !== index)
  }

  note(index: number, note: string): void {
    this.own = this.slides.map((slide, place) => (place === index ? { ...slide, note } : slide))
  }

  async load(): Promise<void> {
    try {
      this.saved = await fetchBriefings()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.saved = []
    }
  }

  /** Saves the slides as they are and shows the frozen briefing. */
  async save(title: string): Promise<BriefingEntry> {
    const entry = await saveBriefing(
      title,
      [...this.slides],
      this.filter().toString(),
      figures.asOf,
    )
    await this.load()
    address.go({ briefing: entry.code, filter: noFilter, slide: 0 })
    return entry
  }

  /** Removes a briefing; the result brings it back, and onto the screen if it was there. */
  async drop(code: string): Promise<() => Promise<void>> {
    await removeBriefing(code)
    const { briefing, slide } = address.now
    const isShown = briefing === code
    if (isShown) address.go({ briefing: null, slide: 0 })
    await this.load()
    return async () => {
      await restoreBriefing(code)
      if (isShown) address.go({ briefing: code, slide })
      await this.load()
    }
  }
}

/** Whether a slide has something to tell under the filter. */
function passing(slides: Slide[], summary: Summary): Slide[] {
  const codes = {
    project: new Set(summary.projects.map(({ code }) => code)),
    unit: new Set(summary.units.map(({ code }) => code)),
  }
  return slides.filter(({ about, code }) => about === 'all' || codes[about].has(code))
}

/** The whole first, then where most land is behind the plan; of parcels chosen by their state, where there are most. */
function usual(summary: Summary, by: 'project' | 'unit'): Slide[] {
  const rows = by === 'project' ? summary.projects : summary.units
  const counted = byState(address.now.filter)
  const worst = [...rows]
    .sort((a, b) =>
      counted
        ? b.parcels - a.parcels || b.area - a.area
        : behindPlan(b) - behindPlan(a) || (a.days_ahead ?? 0) - (b.days_ahead ?? 0),
    )
    .slice(0, PROJECTS)
    .map(({ code }): Slide => ({ about: by, code, note: '' }))
  return [{ about: 'all', code: '', note: '' }, ...worst]
}

export const deck = new Deck()
