/** All figures on screen, each asked once per question; the address and the date are the questions. */
import {
  fetchCatalog,
  fetchForecast,
  fetchFronts,
  fetchMeasures,
  fetchNumbers,
  fetchParcel,
  fetchProject,
  fetchSeries,
  fetchSummary,
  fetchTotals,
} from '../lib/api'
import { matchingProjects } from '../lib/conditions'
import { beyondTiles } from '../lib/cql2'
import { isoOfDay } from '../lib/days'
import { facets, noFilter, stepBy } from '../lib/filter'
import { filterParameters } from '../lib/query'
import type {
  Catalog,
  Forecast,
  Fronts,
  Measured,
  ParcelDetail,
  ProjectDetail,
  Series,
  Summary,
  Totals,
} from '../lib/types'
import { address } from './address.svelte'
import { Resource } from './resource.svelte'

class Figures {
  readonly catalog = new Resource<Catalog>()
  /** The curve of what passes the filter: the slider's track. */
  readonly series = new Resource<Series>()
  /** The curve of everything: colours projects at any day. */
  readonly whole = new Resource<Series>()
  /** Everything at the date: which project stands in which legend step. */
  readonly overall = new Resource<Summary>()
  /** The five measures of each project, when another than the area is looked at. */
  readonly measured = new Resource<Measured[]>()
  /** What passes the filter apart from the legend's own choices: counts beside legend entries. */
  readonly facets = new Resource<Summary>()
  /** What passes the filter: the headline. */
  readonly summary = new Resource<Summary>()
  /** The same on another day, for comparing. */
  readonly before = new Resource<Summary>()
  readonly project = new Resource<ProjectDetail>()
  readonly fronts = new Resource<Fronts>()
  readonly forecast = new Resource<Forecast>()
  readonly parcel = new Resource<ParcelDetail>()
  readonly totals = new Resource<Totals>()

  readonly asOf = $derived(address.now.date === null ? null : isoOfDay(address.now.date))

  /** Whether a chosen legend step is known to have these projects: before that nothing can be asked of it. */
  readonly #stepKnown = $derived(
    this.overall.value !== null && (address.now.measure === 'area' || this.measured.value !== null),
  )

  /** Projects of the chosen legend step; null when none is chosen, or before it is known. */
  readonly members = $derived.by(() => {
    const { filter, colour, measure } = address.now
    const { overall } = this
    if (filter.step === null || !overall.value || !this.#stepKnown) return null
    return overall.value.projects
      .filter((row) => stepBy(row, colour, measure, this.measured.value) === filter.step)
      .map((row) => row.code)
  })

  /** Numbers of the parcels that pass what the map's tiles know nothing of. */
  readonly numbers = new Resource<number[]>()

  /** The same for the map: none before it is known, null where nothing of that kind is asked. */
  readonly chosen = $derived(
    beyondTiles(address.now.filter).length ? (this.numbers.value ?? []) : null,
  )

  /** Projects that pass the filter's project conditions, and have parcels that pass; null when all do. */
  readonly projects = $derived.by(() => {
    const { filter } = address.now
    const matching =
      this.catalog.value && matchingProjects(this.catalog.value, filter, this.members)
    if (!this.summary.value || !beyondTiles(filter).length) return matching
    const there = this.summary.value.projects.map(({ code }) => code)
    return matching ? there.filter((code) => matching.includes(code)) : there
  })

  /** The same without the legend's choice of a step: counts beside the steps. */
  readonly candidates = $derived(
    this.catalog.value && matchingProjects(this.catalog.value, address.now.filter, null),
  )

  loadCatalog(): void {
    this.catalog.ask('catalog', fetchCatalog)
  }

  /** Asks for everything that the address needs; call it in an effect. */
  follow(): void {
    const asOf = this.asOf
    this.#askSeries(this.whole, this.#query(noFilter))
    this.#askSummary(this.overall, this.#query(noFilter), asOf)
    if (address.now.measure !== 'area')
      this.measured.ask(asOf ?? '', (signal) => fetchMeasures(asOf, signal))
    if (address.now.filter.step !== null && !this.#stepKnown) {
      for (const one of [this.series, this.facets, this.summary]) one.clear()
      return
    }
    const beyond = beyondTiles(address.now.filter).join(' AND ')
    if (beyond)
      this.numbers.ask(`${beyond} ${asOf ?? ''}`, (signal) => fetchNumbers(beyond, asOf, signal))
    else this.numbers.clear()
    const query = this.#query(address.now.filter)
    this.#askSeries(this.series, query)
    this.#askSummary(this.facets, this.#query(facets(address.now.filter)), asOf)
    this.#askSummary(this.summary, query, asOf)
  }

  /** Asks for the figures of another day under the same filter; call it in an effect. */
  compareWith(day: string): void {
    if (address.now.filter.step !== null && !this.#stepKnown) this.before.clear()
    else this.#askSummary(this.before, this.#query(address.now.filter), day)
  }

  /** Asks for the sheet of the selection; call it in an effect. */
  followSelection(): void {
    const { selection } = address.now
    const asOf = this.asOf
    const when = asOf ?? ''
    if (selection?.type === 'project') {
      const { code } = selection
      this.project.ask(`${code} ${when}`, (signal) => fetchProject(code, asOf, signal))
      this.fronts.ask(`${code} ${when}`, (signal) => fetchFronts(code, asOf, signal))
      this.forecast.ask(`${code} ${when}`, (signal) => fetchForecast(code, asOf, signal))
    } else for (const one of [this.project, this.fronts, this.forecast]) one.clear()
    if (selection?.type === 'parcel') {
      const { id } = selection
      this.parcel.ask(`${String(id)} ${when}`, (signal) => fetchParcel(id, asOf, signal))
    } else this.parcel.clear()
    if (selection?.type === 'area') {
      const { ring } = selection
      const query = this.#query(address.now.filter)
      this.totals.ask(`${JSON.stringify(ring)} ${query.toString()} ${when}`, (signal) =>
        fetchTotals(ring, query, asOf, signal),
      )
    } else this.totals.clear()
  }

  #renewal: ReturnType<typeof setTimeout> | null = null
  #touched: { projects: Set<string>; parcels: Set<number>; everything: boolean } | null = null

  /** Asks again for what an event changes, or for everything; at most four times a second. */
  renew(event: { project: string; parcel: number } | null): void {
    this.#touched ??= { projects: new Set(), parcels: new Set(), everything: false }
    if (event) {
      this.#touched.projects.add(event.project)
      this.#touched.parcels.add(event.parcel)
    }
    // Whichever of those that are waited for wants it: none is lost.
    this.#touched.everything ||= event === null
    if (this.#renewal !== null) return
    this.#renewal = setTimeout(() => {
      const touched = this.#touched
      const everything = touched?.everything === true
      this.#renewal = null
      this.#touched = null
      if (everything) this.catalog.retry()
      const always = [this.series, this.whole, this.overall, this.facets, this.summary]
      for (const one of [...always, this.measured, this.numbers]) one.retry()
      if (this.totals.value) this.totals.retry()
      const { project, parcel } = this
      const of = project.value && (everything || touched?.projects.has(project.value.code))
      if (of) for (const one of [project, this.fronts, this.forecast]) one.retry()
      if (parcel.value && (everything || touched?.parcels.has(parcel.value.id))) parcel.retry()
    }, 250)
  }

  /**
   * Until the catalogue is of this position of the ledger: the browser's worker may answer once more
   * with the one that it keeps.
   */
  async reach(position: number): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      await this.catalog.renewed()
      if ((this.catalog.value?.at ?? 0) >= position) break
      await new Promise((soon) => setTimeout(soon, 300))
    }
    this.renew(null)
  }

  /** Asks again for all that failed. */
  retry(): void {
    const all = [this.catalog, this.series, this.whole, this.overall, this.facets, this.summary]
    const sheets = [this.project, this.fronts, this.forecast, this.parcel, this.totals]
    for (const resource of [...all, ...sheets]) if (resource.problem) resource.retry()
  }

  #query(filter: typeof noFilter): URLSearchParams {
    return filterParameters(filter, filter.step === null ? null : this.members)
  }

  #askSeries(resource: Resource<Series>, query: URLSearchParams): void {
    resource.ask(query.toString(), (signal) => fetchSeries(query, signal))
  }

  #askSummary(resource: Resource<Summary>, query: URLSearchParams, asOf: string | null): void {
    resource.ask(`${query.toString()} ${asOf ?? ''}`, (signal) => fetchSummary(query, asOf, signal))
  }
}

export const figures = new Figures()
