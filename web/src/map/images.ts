/** Symbols drawn in the browser: the ring gauge of a project, the hatch of a blocked parcel, the pin of a place. */
import type { Map as MapLibre } from 'maplibre-gl'
import { palette, type Theme } from '../lib/palette'
import { stepColours } from './expressions'

const RATIO = 2
const GAUGE = 36
const PIN = 32
const HATCH = 6
const NOTHING = 5

type Mode = 'progress' | 'plan'
export interface GaugeLook {
  theme: Theme
  mode: Mode
}

/** The beginning of the names of all gauges of one look. */
export const gaugePrefix = ({ theme, mode }: GaugeLook) => `gauge|${theme}|${mode}|`

/** The rest of a gauge's name: whole per cent and legend step, -1 where there is none. */
export const gaugeSuffix = (share: number, step: number | null) =>
  `${String(Math.floor(share * 100 + 1e-6))}|${String(step ?? -1)}`

/** The rest of the name of a gauge of which nothing is known yet. */
export const unknownGauge = '?|-1'

export const hatchName = (theme: Theme) => `hatch|${theme}`
/** Takes up room among names and shows nothing. */
export const nothingName = (theme: Theme) => `nothing|${theme}`
export const pinName = (theme: Theme) => `pin|${theme}`

function canvas(size: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas')
  element.width = element.height = size * RATIO
  const context = element.getContext('2d')
  if (!context) throw new Error('no 2d canvas')
  context.scale(RATIO, RATIO)
  return context
}

const pixels = (context: CanvasRenderingContext2D) =>
  context.getImageData(0, 0, context.canvas.width, context.canvas.height)

function ring(context: CanvasRenderingContext2D, radius: number, part: number): void {
  context.beginPath()
  context.arc(GAUGE / 2, GAUGE / 2, radius, -Math.PI / 2, -Math.PI / 2 + part * 2 * Math.PI)
}

function tick(context: CanvasRenderingContext2D, colour: string): void {
  context.strokeStyle = colour
  context.lineWidth = 3
  context.lineCap = context.lineJoin = 'round'
  context.beginPath()
  context.moveTo(12, 18.5)
  context.lineTo(16.5, 23)
  context.lineTo(24.5, 13.5)
  context.stroke()
}

/** `share` is null before it is known: a dash, since a zero would be a figure. */
function gauge(theme: Theme, mode: Mode, share: number | null, step: number): ImageData {
  const colours = palette(theme)
  const colour = stepColours(colours, mode)[step] ?? colours.unknown
  const complete = share !== null && share >= 100
  const context = canvas(GAUGE)
  context.shadowColor = colours.shadow
  context.shadowBlur = 3 * RATIO
  ring(context, 15.5, 1)
  context.fillStyle = complete ? colour : colours.gaugeBack
  context.fill()
  context.shadowColor = 'transparent'
  context.lineWidth = 1
  context.strokeStyle = colours.casing
  context.stroke()
  if (complete)
    tick(context, mode === 'plan' && step === 2 ? palette('light').casing : colours.tick)
  else {
    context.lineWidth = 5
    ring(context, 12.25, 1)
    context.strokeStyle = colours.gaugeTrack
    context.stroke()
    if (share !== null) {
      ring(context, 12.25, share / 100)
      context.strokeStyle = colours.casing
      context.lineWidth = 5.5
      context.stroke()
      ring(context, 12.25, share / 100)
      context.strokeStyle = colour
      context.lineWidth = 4.5
      context.stroke()
    }
    context.fillStyle = colours.ink
    context.font = "600 10.5px 'Be Vietnam Pro', sans-serif"
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.fillText(share === null ? '–' : String(share), GAUGE / 2, GAUGE / 2 + 0.5)
  }
  return pixels(context)
}

function hatch(theme: Theme): ImageData {
  const context = canvas(HATCH)
  context.strokeStyle = palette(theme).alert
  context.lineWidth = 1.7
  for (const shift of [-HATCH, 0, HATCH]) {
    context.beginPath()
    context.moveTo(shift - 1, HATCH + 1)
    context.lineTo(shift + HATCH + 1, -1)
    context.stroke()
  }
  return pixels(context)
}

function pin(theme: Theme): ImageData {
  const colours = palette(theme)
  const context = canvas(PIN)
  context.fillStyle = colours.accent
  context.strokeStyle = colours.onAccent
  context.lineWidth = 2
  context.beginPath()
  context.arc(16, 12, 9, Math.PI * 0.85, Math.PI * 0.15)
  context.lineTo(16, 30)
  context.closePath()
  context.fill()
  context.stroke()
  context.beginPath()
  context.arc(16, 12, 3, 0, 2 * Math.PI)
  context.fillStyle = colours.onAccent
  context.fill()
  return pixels(context)
}

function draw(name: string): ImageData | null {
  const [what, theme, mode, share, step] = name.split('|')
  if (theme !== 'light' && theme !== 'dark') return null
  if (what === 'hatch') return hatch(theme)
  if (what === 'pin') return pin(theme)
  if (what === 'nothing') return pixels(canvas(NOTHING))
  if (what !== 'gauge') return null
  return gauge(
    theme,
    mode === 'plan' ? 'plan' : 'progress',
    share === '?' ? null : Number(share),
    Number(step),
  )
}

/** Draws each symbol when a layer first asks for it; nobody pays for gauges that are never shown. */
export function provideImages(map: MapLibre): void {
  map.setMissingStyleImageResolver((id) => {
    const image = draw(id)
    if (image) map.addImage(id, image, { pixelRatio: RATIO })
  })
}
