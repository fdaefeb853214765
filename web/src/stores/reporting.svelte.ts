/** The report that is being asked for: any room may ask, one dialog answers. */

import { pinned } from '../lib/api'
import { onlyOf, type Filter } from '../lib/filter'

/** What a report is about. */
export type Subject = { project: string } | { unit: string } | { province: true }

/** The narrowest of what a report can be about that a filter names. */
export function subjectOf({ projects, units }: Pick<Filter, 'projects' | 'units'>): Subject {
  const [project, unit] = [onlyOf(projects), onlyOf(units)]
  if (project !== null) return { project }
  return unit === null ? { province: true } : { unit }
}

class Reporting {
  /** What the dialog offers; null while it is closed. */
  subject = $state.raw<Subject | null>(null)
  /** The state of the ledger that the asking room shows, if it is not the newest. */
  at = $state<number | null>(null)
  /** The day that the asking room shows. */
  asOf = $state<string | null>(null)

  open(subject: Subject, asOf: string | null, at: number | null = pinned): void {
    this.asOf = asOf
    this.at = at
    this.subject = subject
  }

  close(): void {
    this.subject = null
  }
}

export const reporting = new Reporting()
