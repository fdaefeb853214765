/**
 * Holds what is on the screen against the pictures of docs/screens.
 *
 * Both are made four times smaller first, so that the edges of letters, which another Chromium
 * draws a little otherwise, become an even grey; then they are compared pixel by pixel. The limits
 * come from measurements in all rooms, as share of all pixels and of the worst square of 64 by 64
 * on the screen:
 *
 * | change                                               | all        | worst square |
 * |------------------------------------------------------|------------|--------------|
 * | the same again, whatever the hinting of fonts        | 0          | 0            |
 * | every letter at a whole pixel (no subpixel places)   | 0.1 – 1.7% | 3 – 24 %     |
 * | another colour of a stage, on the map of a slide     | 10 – 19 %  | 100 %        |
 * | that colour only a little greener                    | 3 – 12 %   | 50 – 85 %    |
 * | a legend lost                                        | 1.8 – 5 %  | 55 – 72 %    |
 * | panels 6 pixels lower                                | 0.6 – 19 % | 31 – 77 %    |
 * | another colour of links, in the table                | 0.3 %      | 47 %         |
 *
 * A colour that is only in a legend's small square is not found here: `palette.test.ts` holds it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pixelmatch from 'pixelmatch'
import sharp from 'sharp'
import { folder } from '../../scripts/pictures.mjs'

const SMALLER = 4
const SQUARE = 64 / SMALLER
/** Distance of two colours that counts as a difference; black and white are 1 apart. */
const COLOUR = 0.08
const MOST_WHOLE = 0.02
const MOST_SQUARE = 0.28

/** Where a picture that differs is put, with the image of its differences. */
const differing = fileURLToPath(new URL('../../../target/looks/', import.meta.url))

async function pixels(file: Buffer) {
  const picture = sharp(file)
  const { width, height } = await picture.metadata()
  const size = [Math.floor(width / SMALLER), Math.floor(height / SMALLER)] as const
  const small = picture.removeAlpha().ensureAlpha()
  const { data, info } = await small
    .resize(...size, { kernel: 'linear', fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

async function keepDifference(name: string, shown: Buffer, marked: Buffer | null, size: object) {
  await mkdir(differing, { recursive: true })
  await writeFile(join(differing, `${name}.png`), shown)
  if (!marked) return
  const raw = { channels: 4 as const, width: 0, height: 0, ...size }
  await sharp(marked, { raw }).toFile(join(differing, `${name}-difference.png`))
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

/** How the screen differs from the picture of that name; null when it does not. */
export async function unlike(name: string, shown: Buffer): Promise<string | null> {
  const [old, now] = await Promise.all([
    readFile(join(folder, `${name}.png`)).then(pixels),
    pixels(shown),
  ])
  const { width, height } = now
  const advice = `see ${differing}${name}*.png; if it is meant so, run make screens`
  if (old.width !== width || old.height !== height) {
    await keepDifference(name, shown, null, {})
    return `${name} has another size; ${advice}`
  }
  const marked = Buffer.alloc(now.data.length)
  const count = (output: Buffer | null, windowSize: number) =>
    pixelmatch(old.data, now.data, output, width, height, {
      threshold: COLOUR,
      includeAA: true,
      windowSize,
    })
  const whole = count(marked, Infinity) / (width * height)
  const square = count(null, SQUARE) / SQUARE ** 2
  if (whole <= MOST_WHOLE && square <= MOST_SQUARE) return null
  await keepDifference(name, shown, marked, { width, height })
  return `${name} differs in ${percent(whole)} of it, ${percent(square)} of a square; ${advice}`
}
