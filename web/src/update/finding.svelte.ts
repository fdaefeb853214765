/** What the officer's list is narrowed to: words, project, what presses, one person's land, what is near. */
import { t } from '../i18n'
import { none, Problem, searchHolders, withMore } from '../lib/api'
import { locate, NoPlace, type Place } from '../lib/near'
import { named } from '../stores/work.svelte'

export class Finding {
  text = $state('')
  project = $state('')
  only = $state<'' | 'overdue' | 'late'>('')
  /** Where the officer stands, once that was asked for: the nearest come first. */
  place = $state.raw<Place | null>(null)
  locating = $state(false)
  /** Parcels of the people whose name was searched for, as a condition. */
  person = $state.raw<{ name: string; filter: string } | null>(null)
  trouble = $state('')

  query(): URLSearchParams {
    const { text, project, only, person } = this
    return withMore(none, {
      q: person ? null : text.trim(),
      project,
      filter: person?.filter ?? null,
      ...(only && { [only]: 'true' }),
    })
  }

  async turnNear(): Promise<void> {
    this.trouble = ''
    if (this.place) {
      this.place = null
      return
    }
    this.locating = true
    try {
      this.place = await locate()
    } catch (error) {
      this.trouble = error instanceof NoPlace ? t(error.key) : String(error)
    }
    this.locating = false
  }

  /** Looks for land by who holds it; the server notes each parcel that is found. */
  async findPerson(): Promise<void> {
    this.trouble = ''
    const name = this.text.trim()
    try {
      const found = await searchHolders(name)
      const filter = found.map((one) => named(one.project, one.sheet, one.parcel)).join(' OR ')
      if (filter) this.person = { name, filter }
      else this.trouble = t('update.nobody', { name })
    } catch (error) {
      this.trouble = (error instanceof Problem && error.detail) || t('notice.unreachable')
    }
  }
}
