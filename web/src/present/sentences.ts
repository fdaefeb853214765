/** The sentence of a slide, and the things that need a decision. */
import { t } from '../i18n'
import { aheadText, inHectares } from '../i18n/phrases'
import { blockerName, projectName } from '../i18n/names'
import { count, kilometres } from '../lib/format'
import type { Catalog, Fronts } from '../lib/types'
import { address } from '../stores/address.svelte'
import type { Facts } from './facts'

const MOST = 3
const whole = (value: number) => count(value, address.now.lang)

/** What the best choice of few parcels opens. */
function opening(fronts: Fronts | null): { n: number; gain: string } | null {
  if (fronts?.kind === 'linear') {
    const [best] = fronts.best.filter(({ gain_m }) => gain_m > 0)
    const gain = best && `${kilometres(best.gain_m, address.now.lang)} km`
    return best && gain ? { n: best.clear, gain } : null
  }
  const [best] = fronts?.best.filter(({ gain }) => gain > 0) ?? []
  return best ? { n: 1, gain: inHectares(best.gain) } : null
}

/** "Behind by 23 days; 14 parcels pending; 2.1 km cannot be built on yet." */
export function sentence({ progress, fronts, behind, projects }: Facts): string {
  const { parcels } = progress.measures
  const pending = parcels.total - parcels.done
  const parts = [aheadText(progress.days_ahead)]
  if (projects > 1) parts.push(t('slide.behind', { n: whole(behind.length), of: whole(projects) }))
  if (pending === 0) parts.push(t('slide.allCleared'))
  else if (fronts?.kind === 'linear')
    parts.push(
      t('slide.blocks', {
        n: whole(pending),
        length: kilometres(fronts.length_m - fronts.workable_m, address.now.lang),
      }),
    )
  else parts.push(t('slide.pending', { n: whole(pending) }))
  return `${parts.join('; ')}.`
}

/** At most three things to decide, the one that opens the most first. */
export function decisions(facts: Facts, catalog: Catalog): string[] {
  const { behind, blockers, overdue, late, blocked } = facts
  const open = opening(facts.fronts)
  const list = [
    open && t('decide.open', { n: whole(open.n), gain: open.gain }),
    ...behind
      .slice(0, MOST)
      .map(({ code, days }) =>
        t('decide.project', { name: projectName(catalog, code), n: whole(days) }),
      ),
    ...blockers
      .slice(0, 2)
      .map(({ kind, parcels }) =>
        t('decide.blocker', { name: blockerName(catalog, kind), n: whole(parcels) }),
      ),
    overdue.parcels > 0 && t('decide.overdue', { n: whole(overdue.parcels) }),
    late.parcels > 0 && t('decide.late', { n: whole(late.parcels) }),
    blocked.parcels > 0 && !blockers.length && t('decide.blocked', { n: whole(blocked.parcels) }),
  ]
  return list.filter((line): line is string => typeof line === 'string').slice(0, MOST)
}
