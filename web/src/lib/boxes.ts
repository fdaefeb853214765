/** Boxes of longitudes and latitudes. */
import type { Bbox } from './types'

/** The box around all of them, as far as they are known; null without any. */
export const around = (boxes: readonly (Bbox | null)[]): Bbox | null =>
  boxes.reduce<Bbox | null>(
    (all, box) =>
      all && box
        ? [
            Math.min(all[0], box[0]),
            Math.min(all[1], box[1]),
            Math.max(all[2], box[2]),
            Math.max(all[3], box[3]),
          ]
        : (box ?? all),
    null,
  )

/** What is common to two boxes; the second where they have nothing in common. */
export function within(outer: Bbox, inner: Bbox): Bbox {
  const box: Bbox = [
    Math.max(outer[0], inner[0]),
    Math.max(outer[1], inner[1]),
    Math.min(outer[2], inner[2]),
    Math.min(outer[3], inner[3]),
  ]
  return box[0] < box[2] && box[1] < box[3] ? box : inner
}

/** The middle of a box. */
export const middleOf = ([west, south, east, north]: Bbox): [number, number] => [
  (west + east) / 2,
  (south + north) / 2,
]
