/** The one store of what is looked at. Every change goes through `go`, which keeps the browser's address in step. */
import { parseAddress, writeAddress, type Address, type Selection } from '../lib/address'
import { noFilter, type Filter } from '../lib/filter'

class AddressStore {
  now = $state.raw<Address>(parseAddress(location.search))

  constructor() {
    window.addEventListener('popstate', () => {
      const next = parseAddress(location.search)
      // Every figure is of another state of the ledger: all is asked anew.
      if (next.at === this.now.at) this.now = next
      else location.reload()
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

  /** Goes back to the newest state of the ledger; all is asked anew. */
  unpin(): void {
    location.assign(location.pathname + writeAddress({ ...this.now, at: null, date: null }))
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
