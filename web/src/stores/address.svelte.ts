/** The one store of what is looked at. Every change goes through `go`, which keeps the browser's address in step. */
import { parseAddress, writeAddress, type Address, type Selection } from '../lib/address'
import { noFilter, type Filter } from '../lib/filter'

class AddressStore {
  now = $state.raw<Address>(parseAddress(location.search))

  constructor() {
    window.addEventListener('popstate', () => {
      this.now = parseAddress(location.search)
    })
  }

  /** Changes part of the state; `push` makes a step that Back undoes. */
  go(change: Partial<Address>, history: 'push' | 'replace' = 'push'): void {
    const next = { ...this.now, ...change }
    const search = writeAddress(next)
    const same = search === writeAddress(this.now)
    this.now = next
    if (same) return
    const url = location.pathname + search
    if (history === 'push') window.history.pushState(null, '', url)
    else window.history.replaceState(null, '', url)
  }

  /** Changes part of the filter. */
  narrow(change: Partial<Filter>): void {
    this.go({ filter: { ...this.now.filter, ...change } })
  }

  clearFilter(): void {
    this.go({ filter: noFilter })
  }

  select(selection: Selection | null): void {
    this.go({ selection })
  }
}

export const address = new AddressStore()
