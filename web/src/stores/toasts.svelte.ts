/** Short messages that go away by themselves; a screen reader hears them politely. */

interface Toast {
  id: number
  text: string
}

const SHOWN = 4000

class Toasts {
  list = $state<Toast[]>([])
  #next = 0

  show(text: string): void {
    const id = this.#next++
    this.list.push({ id, text })
    setTimeout(() => {
      this.list = this.list.filter((toast) => toast.id !== id)
    }, SHOWN)
  }
}

export const toasts = new Toasts()
