/** The sentence of a slide, and the things that need a decision. */
import { t } from '../i18n'
import { aheadText, inHectares } from '../i18n/phrases'
import { blockerName, projectName, unitName } from '../i18n/names'
import { dateOfDay, dayOfIso } from '../lib/days'
import { count, kilometres } from '../lib/format'
import type { Catalog } from '../lib/types'
import { address } from '../stores/address.svelte'
import type { Facts } from './facts'

const whole = (value: number) => count(value, address.now.lang)

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

/** What the server's rule finds to decide, in words. */
export function decisions(facts: Facts, catalog: Catalog): string[] {
  return facts.decisions.map((one) => {
    const named = 'unit' in one ? unitName(catalog, one.unit) : projectName(catalog, one.project)
    const parcels = { name: named, n: whole(one.parcels) }
    if (one.kind === 'late')
      return t('decide.late', {
        ...parcels,
        overdue: whole(one.overdue),
        longest: one.longest ? t('decide.longest', { n: whole(one.longest.days) }) : '',
      })
    if (one.kind === 'blocker')
      return t('decide.blocker', {
        n: whole(one.parcels),
        name: blockerName(catalog, one.blocker),
        where:
          one.there === one.parcels
            ? t('decide.all', { where: named })
            : t('decide.most', { where: named, there: whole(one.there) }),
        since: dateOfDay(dayOfIso(one.since) ?? catalog.today),
      })
    // The slide's own project need not be named.
    const of = facts.slide.about === 'project' ? '' : t('decide.of', { project: named })
    const opened = { n: whole(one.parcels), of, body: one.body ?? t('decide.noBody') }
    return one.kind === 'gap'
      ? t('decide.gap', { ...opened, from: one.from, to: one.to, gain: whole(one.gain_m) })
      : t('decide.cluster', { ...opened, gain: inHectares(one.gain) })
  })
}
