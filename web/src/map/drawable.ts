/** Whether this browser draws maps: they need WebGL 2, which remote desktops and old machines lack. */
let known: boolean | undefined

export function drawable(): boolean {
  if (known === undefined) {
    const context = document.createElement('canvas').getContext('webgl2')
    known = context !== null
    context?.getExtension('WEBGL_lose_context')?.loseContext()
  }
  return known
}
