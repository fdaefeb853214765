/** Short messages that go away by themselves; a screen reader hears them politely. */

interface Toast {
  id: number
  text: string
  /** What can be done about it, such as taking it back. */
  action: Action | null
}
interface Action {
  name: string
  run: () => void
}

const SHOWN = 4000
/** What can be acted on stays until a slow hand has found it. */
const ACTED = 12_000

class Toasts {
  list = $state<Toast[]>([])
  /** Counts dialogs that opened: what is told lies above each of them. */
  raised = $state(0)
  #next = 0

  show(text: string, action: Action | null = null): void {
    const id = this.#next++
    this.list.push({ id, text, action })
    setTimeout(
      () => {
        this.close(id)
      },
      action ? ACTED : SHOWN,
    )
  }

  raise(): void {
    this.raised += 1
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
