/** The words of a picture of the map: filter and selection, day and share, where the figures are from. */
import { t } from '../i18n'
import { projectName } from '../i18n/names'
import { filterWords } from '../i18n/scope'
import { dateOfDay } from '../lib/days'
import { byState } from '../lib/filter'
import { count, percent } from '../lib/format'
import type { Catalog } from '../lib/types'
import { address } from '../stores/address.svelte'
import { figures } from '../stores/figures.svelte'
import { timeline } from '../stores/timeline.svelte'

function selectionName(catalog: Catalog): string {
  const { selection } = address.now
  if (selection?.type === 'project') return projectName(catalog, selection.code)
  const parcel = figures.parcel.value
  if (selection?.type !== 'parcel' || parcel?.id !== selection.id) return ''
  return t('parcel.title', { sheet: String(parcel.sheet), parcel: String(parcel.parcel) })
}

export function captionOf(catalog: Catalog): { title: string; subtitle: string; source: string } {
  const { filter, lang } = address.now
  const summary = timeline.ahead ? null : figures.summary.value
  const { title, subtitle } = filterWords(catalog, filter, figures.members, timeline.day)
  const share =
    summary && !byState(filter)
      ? t('timeline.cleared', { share: percent(summary.total.share, lang) })
      : ''
  return {
    title,
    subtitle: [
      subtitle,
      selectionName(catalog),
      dateOfDay(timeline.day),
      share,
      catalog.illustration ? t('app.illustration') : '',
    ]
      .filter(Boolean)
      .join(' · '),
    source: t('picture.source', { at: count(summary?.at ?? catalog.at, lang) }),
  }
}
