/** The map as a picture that can stand alone: twice as fine as the screen, with title, legend, scale and source. */
import type { Map as MapLibre } from 'maplibre-gl'
import { palette, type Palette } from '../lib/palette'
import type { Legend, LegendLine } from './legend'

export interface Caption {
  title: string
  subtitle: string
  source: string
  legend: Legend
}

const RATIO = 2
const EDGE = 20
const FONT = "'Be Vietnam Pro', sans-serif"

/** Lengths that read well on a scale, metres. */
const NICE = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]

/** A length and how many pixels it takes at the middle of the map. */
export function scaleOf(map: MapLibre, most: number): { metres: number; pixels: number } {
  const { clientHeight: height } = map.getCanvas()
  const left = map.unproject([0, height / 2])
  const right = map.unproject([most, height / 2])
  const width = left.distanceTo(right)
  const metres = NICE.filter((one) => one <= width).at(-1) ?? NICE[0] ?? 1
  return { metres, pixels: (metres / width) * most }
}

/** The map's canvas at twice the screen's pixels; the map is as before afterwards. */
async function fine(map: MapLibre): Promise<ImageBitmap> {
  const before = map.getPixelRatio()
  map.setPixelRatio(RATIO)
  try {
    await map.once('idle')
    return await new Promise((done, fail) => {
      map.once('render', () => {
        createImageBitmap(map.getCanvas()).then(done, fail)
      })
      map.triggerRepaint()
    })
  } finally {
    map.setPixelRatio(before)
  }
}

function scaleBar(context: CanvasRenderingContext2D, map: MapLibre, colours: Palette): void {
  const { metres, pixels } = scaleOf(map, 160)
  const { clientWidth: width, clientHeight: height } = map.getCanvas()
  const [right, y] = [width - EDGE, HEAD + height - EDGE]
  context.fillStyle = colours.ink
  context.fillRect(right - pixels, y - 4, pixels, 4)
  context.font = `600 12px ${FONT}`
  context.textAlign = 'right'
  context.fillText(
    metres < 1000 ? `${String(metres)} m` : `${String(metres / 1000)} km`,
    right,
    y - 10,
  )
  context.textAlign = 'left'
}

const HEAD = 64
const ROW = 20

/** The colour of a line of the legend, with what lies over it on the map. */
function swatch(
  context: CanvasRenderingContext2D,
  { colour, mark }: LegendLine,
  colours: Palette,
  x: number,
  y: number,
): void {
  const [width, height] = [22, 14]
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.fillStyle = colour
  context.fill()
  context.strokeStyle = mark ? colours.alert : colours.line
  if (mark === 'dots') context.setLineDash([2, 2])
  context.stroke()
  if (mark === 'hatch') {
    context.clip()
    context.lineWidth = 1.5
    for (let from = x - height; from < x + width; from += 5) {
      context.moveTo(from, y + height)
      context.lineTo(from + height, y)
    }
    context.stroke()
  }
  context.restore()
}

function legendBox(
  context: CanvasRenderingContext2D,
  { title, lines }: Legend,
  colours: Palette,
  bottom: number,
): void {
  context.font = `400 12px ${FONT}`
  const widths = [title, ...lines.map(({ text }) => text)].map((text) => context.measureText(text))
  const width = Math.max(...widths.map((one) => one.width)) + 52
  const height = (lines.length + 1) * ROW + 16
  const top = bottom - EDGE - height
  context.fillStyle = colours.surface
  context.fillRect(EDGE, top, width, height)
  context.fillStyle = colours.ink
  context.fillText(title, EDGE + 10, top + 22)
  lines.forEach((line, row) => {
    const y = top + 8 + (row + 1) * ROW
    swatch(context, line, colours, EDGE + 10, y + 3)
    context.fillStyle = colours.ink
    context.fillText(line.text, EDGE + 40, y + 14)
  })
}

/** A PNG of what the map shows. */
export async function picture(map: MapLibre, caption: Caption): Promise<Blob> {
  const colours = palette('light')
  const image = await fine(map)
  const { clientWidth: width, clientHeight: height } = map.getCanvas()
  const canvas = document.createElement('canvas')
  const whole = HEAD + height + 32
  canvas.width = width * RATIO
  canvas.height = whole * RATIO
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no 2d canvas')
  context.scale(RATIO, RATIO)
  context.fillStyle = colours.surface
  context.fillRect(0, 0, width, whole)
  context.drawImage(image, 0, HEAD, width, height)
  context.fillStyle = colours.ink
  context.font = `600 20px ${FONT}`
  context.fillText(caption.title, EDGE, 28)
  context.font = `400 14px ${FONT}`
  context.fillStyle = colours.inkSoft
  context.fillText(caption.subtitle, EDGE, 50)
  context.fillText(caption.source, EDGE, whole - 11)
  if (caption.legend.lines.length) legendBox(context, caption.legend, colours, HEAD + height)
  scaleBar(context, map, colours)
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => {
      if (blob) done(blob)
      else fail(new Error('the picture is too large'))
    }, 'image/png')
  })
}
