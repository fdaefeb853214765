/** What the palette of commands can do beyond going somewhere: rooms lend it their own ways. */

interface Lent {
  print?: () => void
}

class Commands {
  open = $state(false)
  /** The dialog of files is wanted: by its button, or from another room. */
  exporting = $state(false)
  #lent = $state.raw<Lent>({})

  /** A room's own way of doing things, until it is left; call it in an effect. */
  lend(own: Lent): () => void {
    this.#lent = own
    return () => {
      if (this.#lent === own) this.#lent = {}
    }
  }

  print(): void {
    if (this.#lent.print) this.#lent.print()
    else print()
  }

  async full(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen()
    else await document.documentElement.requestFullscreen()
  }
}

export const commands = new Commands()
