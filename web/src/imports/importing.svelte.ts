/** The file that waits to be imported: what it holds, how it is to be understood, what came of it. */
import { Problem } from '../lib/api'
import type {
  Bbox,
  ImportDone,
  ImportOutline,
  ImportPreview,
  ImportWish,
  PastImport,
} from '../lib/types'
import { figures } from '../stores/figures.svelte'
import {
  beginImport,
  commitImport,
  fetchImports,
  fetchOutline,
  forgetImport,
  previewImport,
  sendFiles,
  undoImport,
} from './api'

const asProblem = (error: unknown) =>
  error instanceof Problem ? error : new Problem('refused', String(error))

const PAUSE = 300

class Desk {
  id = $state<string | null>(null)
  outline = $state.raw<ImportOutline | null>(null)
  wish = $state.raw<ImportWish>({ target: 'parcels' })
  preview = $state.raw<ImportPreview | null>(null)
  problem = $state.raw<Problem | null>(null)
  /** What is being done: the file goes out, the server opens it, reads its features, stores them. */
  busy = $state<'sending' | 'opening' | 'reading' | 'storing' | null>(null)
  /** Bytes that have gone, of all. */
  sent = $state.raw({ done: 0, total: 0 })
  done = $state.raw<ImportDone | null>(null)
  /** Where what came in last lies. */
  place = $state.raw<Bbox | null>(null)
  past = $state.raw<PastImport[] | null>(null)
  #abort: AbortController | null = null
  #pause: ReturnType<typeof setTimeout> | undefined

  /** Takes files that were dropped, for what they are said to hold, and reads them. */
  async open(files: readonly File[], target: ImportWish['target'] | null = null): Promise<void> {
    await this.clear()
    if (target) this.wish = { target }
    this.busy = 'sending'
    try {
      const total = files.reduce((sum, { size }) => sum + size, 0)
      this.sent = { done: 0, total }
      const id = await beginImport()
      await sendFiles(id, files, (done) => {
        this.sent = { done, total }
      })
      this.busy = 'opening'
      this.id = id
      this.outline = await fetchOutline(this.id)
      const [layer] = this.outline.layers
      const several = this.outline.layers.length > 1
      this.wish = { ...this.wish, mapping: {}, ...(several && layer ? { layer: layer.name } : {}) }
      await this.#read()
    } catch (error) {
      this.problem = asProblem(error)
      this.busy = null
    }
  }

  /** Understands the file another way, and reads it again once the choosing has rested. */
  change(part: Partial<ImportWish>): void {
    this.wish = { ...this.wish, ...part }
    clearTimeout(this.#pause)
    this.#abort?.abort()
    // What was read before does not hold for the new wish: nothing is stored until it was read again.
    this.busy = 'reading'
    this.#pause = setTimeout(() => void this.#read(), PAUSE)
  }

  async #read(): Promise<void> {
    const { id } = this
    if (id === null) return
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.busy = 'reading'
    try {
      const preview = await previewImport(id, this.wish, abort.signal)
      if (abort.signal.aborted) return
      this.preview = preview
      this.problem = null
    } catch (error) {
      if (abort.signal.aborted) return
      this.preview = null
      this.problem = asProblem(error)
    }
    this.busy = null
  }

  async commit(): Promise<void> {
    if (this.id === null) return
    this.busy = 'storing'
    try {
      const done = await commitImport(this.id, this.wish)
      this.place = this.preview?.preview.bbox ?? null
      // Every room finds what has come; nothing is said to be there before the lists have it.
      await figures.reach(done.stored.at)
      this.done = done
      this.id = this.outline = this.preview = null
      // The next file is another one: nothing chosen for this one holds for it.
      this.wish = { target: 'parcels' }
      await this.load()
    } catch (error) {
      this.problem = asProblem(error)
    }
    this.busy = null
  }

  /** Puts the file away. */
  async clear(): Promise<void> {
    this.#abort?.abort()
    clearTimeout(this.#pause)
    const { id } = this
    this.id = this.outline = this.preview = this.problem = this.done = this.busy = null
    // A file that is forgotten already needs no forgetting.
    if (id !== null) await forgetImport(id).catch(() => null)
  }

  async load(): Promise<void> {
    try {
      this.past = await fetchImports()
    } catch (error) {
      this.problem = asProblem(error)
    }
  }

  /** Takes an import back; says how many parcels were withdrawn. */
  async undo(position: number, note: string): Promise<number> {
    const { withdrawn } = await undoImport(position, note)
    figures.renew(null)
    await this.load()
    return withdrawn
  }
}

export const importing = new Desk()
