/** The sentence of a slide, and the things that need a decision. */
import { t } from '../i18n'
import { aheadText, inHectares, parcelCount } from '../i18n/phrases'
import { actName, blockerName, projectName, unitName } from '../i18n/names'
import { dateOfDay, dayOfIso } from '../lib/days'
import { count, kilometres } from '../lib/format'
import type { Catalog, Decision } from '../lib/types'
import { address } from '../stores/address.svelte'
import type { Chosen, Facts } from './facts'

const whole = (value: number) => count(value, address.now.lang)
const joined = (parts: string[]) => `${parts.join('; ')}.`

/** Behind by hectares first: days alone say nothing about how much. */
function pace({ progress, behindArea }: Facts): string {
  const days = progress.days_ahead
  if (days === null || days >= 0 || behindArea <= 0) return aheadText(days)
  return t('plan.behindBoth', { area: inHectares(behindArea), n: whole(-days), days: -days })
}

/** "Behind plan by 10 ha, 23 days; 14 parcels pending; 2.1 km cannot be built on yet." */
export function sentence(facts: Facts): string {
  const { progress, fronts, behind, projects, chosen } = facts
  const { parcels } = progress.measures
  if (parcels.total === 0) return t(facts.narrowed ? 'slide.noneHere' : 'slide.noParcels')
  if (chosen) return chosenSentence(chosen, projects)
  const pending = parcels.total - parcels.done
  const parts = [pace(facts)]
  if (projects > 1) parts.push(t('slide.behind', { n: whole(behind), of: whole(projects) }))
  if (pending === 0) parts.push(t('slide.allCleared'))
  else if (fronts?.kind === 'linear')
    parts.push(
      t('slide.blocks', {
        n: whole(pending),
        length: kilometres(fronts.length_m - fronts.workable_m, address.now.lang),
        least: whole(fronts.least_length_m),
      }),
    )
  else parts.push(t('slide.pending', { n: whole(pending) }))
  return joined(parts)
}

/** Of parcels chosen by their state: how many of them are held up by what. */
function chosenSentence({ now, blocked, overdue, late }: Chosen, projects: number): string {
  const counts = [
    ['slide.ofBlocked', blocked],
    ['slide.ofOverdue', overdue],
    ['slide.ofLate', late],
  ] as const
  const parts = counts.flatMap(([key, n]) =>
    n > 0 && n < now.parcels ? [t(key, { n: whole(n) })] : [],
  )
  if (projects > 1) parts.unshift(t('slide.inProjects', { n: whole(projects) }))
  return parts.length ? joined(parts) : ''
}

const placeName = (catalog: Catalog, one: Decision) =>
  'unit' in one ? unitName(catalog, one.unit) : projectName(catalog, one.project)

/** One thing that the server's rule finds to decide, in the words of the reports. */
function decision(one: Decision, facts: Facts, catalog: Catalog): string {
  const named = placeName(catalog, one)
  if (one.kind === 'late')
    return t('decide.late', {
      name: named,
      n: whole(one.parcels),
      area: inHectares(one.area),
      overdue: whole(one.overdue),
      longest: one.longest
        ? t('decide.longest', {
            n: whole(one.longest.days),
            act: actName(catalog, one.longest.stage),
          })
        : '',
    })
  if (one.kind === 'blocker')
    return t('decide.blocker', {
      n: whole(one.parcels),
      area: inHectares(one.area),
      name: blockerName(catalog, one.blocker),
      where:
        one.there === one.parcels
          ? t('decide.all', { where: named })
          : t('decide.most', { where: named, there: whole(one.there) }),
      since: dateOfDay(dayOfIso(one.since) ?? catalog.today),
    })
  // The slide's own project need not be named.
  const of = facts.slide.about === 'project' ? '' : t('decide.of', { project: named })
  const opened = { n: parcelCount(one.parcels), of, body: one.body ?? t('decide.noBody') }
  return one.kind === 'gap'
    ? t('decide.gap', { ...opened, from: one.from, to: one.to, gain: whole(one.gain_m) })
    : t('decide.cluster', {
        ...opened,
        area: inHectares(one.area),
        gain: inHectares(one.gain),
      })
}

export const decisions = (facts: Facts, catalog: Catalog): string[] =>
  facts.decisions.map((one) => decision(one, facts, catalog))
