/** Focus is never lost: where what had it has gone, the map has it, else the page's main part. */
export function keepFocus(): void {
  requestAnimationFrame(() => {
    const { activeElement: here, body } = document
    if (here !== null && here !== body) return
    const canvas = document.querySelector<HTMLElement>('main .maplibregl-canvas')
    const main = document.querySelector<HTMLElement>('main')
    if (!canvas && main) main.tabIndex = -1
    ;(canvas ?? main)?.focus({ preventScroll: true })
  })
}
