/** What of the screen's map goes on paper. */

interface Rectangle {
  left: number
  top: number
  width: number
  height: number
}

/** Width by height of the place that the sheet has for the map. */
const SHAPE = 197 / 160

/**
 * The part that panels leave free, widened to the shape of the sheet as far as the map goes: names at its edge are
 * drawn below the panels too.
 */
export function cut({ left, top, width, height }: Rectangle, whole: number): Rectangle {
  const wide = Math.min(whole, Math.max(width, height * SHAPE))
  const start = left - (wide - width) / 2
  return { left: Math.min(Math.max(0, start), whole - wide), top, width: wide, height }
}
