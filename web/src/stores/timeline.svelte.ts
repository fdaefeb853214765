/** The day that the map shows. It runs ahead of the address while the slider moves; the address follows once it rests. */
import { address } from './address.svelte'

const REST = 300
const TICK = 250
const WEEK = 7

class Timeline {
  first = $state(0)
  today = $state(0)
  day = $state(0)
  playing = $state(false)
  /** The map shows another day than the one that figures are asked for. */
  readonly ahead = $derived(this.day !== this.#clamp(address.now.date ?? this.today))
  #rest: ReturnType<typeof setTimeout> | undefined
  #tick: ReturnType<typeof setInterval> | undefined

  /** Sets the span once the catalog is known; the day starts where the address says. */
  span(first: number, today: number): void {
    this.first = first
    this.today = today
    this.follow(address.now.date)
  }

  /** Takes over a date from the address (Back, a link); does nothing while the slider is ahead of it. */
  follow(date: number | null): void {
    if (this.#rest !== undefined) return
    this.day = this.#clamp(date ?? this.today)
  }

  /** Moves to a day; figures follow after the slider has rested. */
  go(day: number): void {
    this.day = this.#clamp(day)
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => {
      this.#rest = undefined
      address.go({ date: this.day === this.today ? null : this.day }, 'replace')
    }, REST)
  }

  /** Plays week by week up to today, from the start when it stands at the end. */
  play(): void {
    if (this.day >= this.today) this.go(this.first)
    this.playing = true
    this.#tick = setInterval(() => {
      this.go(this.day + WEEK)
      if (this.day >= this.today) this.pause()
    }, TICK)
  }

  pause(): void {
    this.playing = false
    clearInterval(this.#tick)
  }

  #clamp(day: number): number {
    return Math.min(this.today, Math.max(this.first, day))
  }
}

export const timeline = new Timeline()
