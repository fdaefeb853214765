/** What the charts show: curves by unit and times in stages, for the same filter as the table. */
import { fetchSeries, withMore } from '../lib/api'
import type { Dwell, Series } from '../lib/types'
import { Resource } from '../stores/resource.svelte'
import { fetchDwells } from './api'

class Charts {
  readonly units = new Resource<Series>()
  readonly dwells = new Resource<Dwell[]>()

  ask(query: URLSearchParams, asOf: string | null): void {
    const byUnit = withMore(query, { by: 'unit' })
    this.units.ask(byUnit.toString(), (signal) => fetchSeries(byUnit, signal))
    this.dwells.ask(`${query.toString()} ${asOf ?? ''}`, (signal) =>
      fetchDwells(query, asOf, signal),
    )
  }
}

export const charts = new Charts()
