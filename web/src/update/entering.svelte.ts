/**
 * One form of one parcel: what is typed, kept as a draft at every change, judged before it goes,
 * and let go only when it is recorded or safely waits.
 */
import { untrack } from 'svelte'
import { t } from '../i18n'
import { randomId } from '../lib/ids'
import type { Typed } from '../lib/outbox'
import type { Catalog, Conflict, EventDraft, DetailField, WorkParcel } from '../lib/types'
import { law } from '../stores/law.svelte'
import { outbox, type Outcome } from '../stores/outbox.svelte'
import { actOf, detailsOf } from './acts'
import { Judging } from './judging.svelte'
import { eventOf, faultsOf, freshForm, isTouched, ownField } from './typed'

export class Entering {
  readonly judging = new Judging()
  typed: Typed = $state() as Typed
  photos = $state.raw<File[]>([])
  /** Ids of what is on the server already. */
  attachments = $state.raw<string[]>([])
  saving = $state(false)
  /** What is wrong about the whole. */
  trouble = $state('')
  #parcel = $state.raw() as WorkParcel
  #conflict = $state.raw<Conflict | null>(null)
  /** The version of which somebody has been told that it is another. */
  #warned = $state(0)
  /** Somebody tried: what is missing is told. */
  #tried = $state(false)
  #done = false
  /** The form is no longer on the screen. */
  #left = false
  #catalog: Catalog
  #today: number
  #draft: string | null

  constructor(catalog: Catalog, parcel: WorkParcel, today: number) {
    this.#catalog = catalog
    this.#parcel = parcel
    this.#today = today
    const kept = outbox.draftOf(parcel.id)
    this.#draft = kept?.id ?? null
    this.typed = kept?.typed ?? freshForm(catalog, parcel, today)
    this.photos = (kept?.photos ?? []).map((photo) =>
      photo instanceof File ? photo : new File([photo], t('update.photo'), { type: photo.type }),
    )
    this.attachments = kept?.event.attachments ?? []
  }

  readonly #fresh = $derived.by(() => freshForm(this.#catalog, this.#parcel, this.#today))
  readonly isTouched = $derived.by(
    () => this.photos.length + this.attachments.length > 0 || isTouched(this.typed, this.#fresh),
  )

  readonly #act = $derived.by(() => actOf(this.typed.choice))
  readonly asks: readonly DetailField[] = $derived.by(() => {
    const act = this.#act
    if (!act) return []
    const rule = law.book?.acts.find(({ code }) => code === act)
    return rule?.details ?? this.judging.outlook(act)?.asks ?? []
  })
  readonly findings = $derived.by(() => {
    const details = detailsOf(this.typed.details, this.asks)
    return this.#act ? this.judging.findings(this.#act, this.typed.date, details) : []
  })
  /** Payment and the recovery decision: either may come first. */
  readonly isSideBySide = $derived.by(() => {
    const isOne = ['paid', 'recovery_decided'].includes(this.#act ?? '')
    const regime = law.book?.regimes.find(({ code }) => code === this.judging.law?.regime.code)
    return isOne && this.#parcel.stage === 'plan_approved' && regime?.law !== 'law2013'
  })
  /** Fields that are on the screen: a message about another stands by itself. */
  readonly fields: readonly string[] = $derived.by(() => {
    const own = ownField(this.typed.choice)
    const always = ['what', 'date', 'document', 'note', 'attachments']
    return [...always, ...this.asks, ...(own === null ? [] : [own])]
  })
  readonly faults: Record<string, string> = $derived.by(() =>
    this.#tried ? faultsOf(this.typed, this.asks, this.#today) : {},
  )

  readonly #newest = $derived.by(() => Math.max(this.#parcel.version, this.#conflict?.version ?? 0))
  /** Somebody else has recorded something about the parcel since the form was begun. */
  readonly hasChanged = $derived.by(() => this.typed.version < this.#newest)
  readonly isWarned = $derived.by(() => this.hasChanged && this.#warned === this.#newest)
  readonly stage = $derived.by(() =>
    this.#conflict && this.#conflict.version > this.#parcel.version
      ? this.#conflict.stage
      : this.#parcel.stage,
  )

  /** Takes up the parcel; the result ends it, and tells whether a draft stays. */
  begin(): () => boolean {
    const abort = new AbortController()
    void this.judging.enter(this.#parcel, abort.signal)
    return () => {
      this.#left = true
      abort.abort()
      this.judging.rest()
      return !this.#done && this.isTouched
    }
  }

  /** The list has the parcel anew. */
  follow(parcel: WorkParcel): void {
    untrack(() => {
      const before = this.isTouched
      this.#parcel = parcel
      // Where nothing is typed there is nothing to be reconciled.
      if (!before) this.typed = this.#fresh
    })
  }

  /** Keeps what stands in the form, at every change. */
  keep(): void {
    const typed = $state.snapshot(this.typed) as Typed
    const { photos, attachments, isTouched } = this
    untrack(() => {
      if (this.#done) return
      if (isTouched) {
        this.#draft ??= randomId()
        void outbox.keepDraft(this.#draft, this.#parcel, typed, photos, attachments)
      } else if (this.#draft) {
        void outbox.drop(this.#draft)
        this.#draft = null
      }
    })
  }

  /** Asks what the law says, while somebody types. */
  ask(): void {
    const draft = this.#event()
    const isWhole = Object.keys(faultsOf(this.typed, this.asks, this.#today)).length === 0
    const { saving } = this
    untrack(() => {
      if (saving) return
      if (isWhole) this.judging.ask(draft)
      else this.judging.rest()
    })
  }

  /** Another thing is to be recorded: what was said of the first does not belong to it. */
  turn(): void {
    this.typed.own = {}
    this.#tried = false
    this.trouble = ''
  }

  /** Empties the form; the result fills it again. */
  clear(): () => void {
    const typed = $state.snapshot(this.typed) as Typed
    const { photos, attachments } = this
    this.photos = []
    this.attachments = []
    this.typed = this.#fresh
    this.#conflict = null
    this.#tried = false
    this.trouble = ''
    return () => {
      // A form that was closed meanwhile gets it back as its draft.
      if (this.#left) void outbox.keepDraft(randomId(), this.#parcel, typed, photos, attachments)
      else Object.assign(this, { typed, photos, attachments })
    }
  }

  /** Null where the form has to stay: what is wrong stands at the fields. */
  async submit(): Promise<Outcome | null> {
    if (this.saving) return null
    this.#tried = true
    this.trouble = ''
    if (Object.keys(this.faults).length) return null
    if (this.hasChanged && !this.isWarned) {
      this.#warned = this.#newest
      return null
    }
    this.saving = true
    try {
      return await this.#send()
    } finally {
      this.saving = false
    }
  }

  async #send(): Promise<Outcome | null> {
    const event = { ...this.#event(), version: this.#newest }
    const problem = await this.judging.last(event)
    if (problem) {
      ;[this.#conflict = this.#conflict] = problem.conflicts
      this.#warned = this.#newest
      if (problem.kind === 'unsigned') this.trouble = t('update.signInFirst')
      else if (!problem.errors.length && !problem.conflicts.length) this.trouble = problem.detail
      return null
    }
    // From here the entry is what is kept, and no longer the draft.
    this.#done = true
    const outcome = await outbox.add(this.#parcel, event, this.photos, this.#draft)
    if (outcome.state === 'refused') {
      const { entry } = outcome
      this.judging.refusals = entry.errors
      this.#conflict = entry.conflict ?? this.#conflict
      this.#warned = this.#newest
      this.attachments = entry.event.attachments ?? this.attachments
      this.photos = this.photos.slice(this.photos.length - entry.photos.length)
      this.#done = false
      this.#draft = null
      this.keep()
      await outbox.drop(entry.id)
      return null
    }
    return outcome
  }

  #event(): EventDraft {
    const isStage = this.#catalog.stages.some(({ code }) => code === this.#act)
    return eventOf(this.typed, this.asks, this.#parcel.id, isStage, this.attachments)
  }
}
