/**
 * Colour science for the palette test.
 * Simulation: Machado, Oliveira, Fernandes, "A Physiologically-based Model for
 * Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, severity 1.0, on linear RGB.
 * Difference: CIEDE2000 after Sharma, Wu, Dalal, Color Research & Application 30(1), 2005.
 */

type Triple = readonly [number, number, number]
export type Vision = 'normal' | 'protanopia' | 'deuteranopia' | 'tritanopia'
export const visions: readonly Vision[] = ['normal', 'protanopia', 'deuteranopia', 'tritanopia']

const machado: Record<Vision, readonly [Triple, Triple, Triple]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

function linear(hex: string): Triple {
  const channel = (start: number) => {
    const value = parseInt(hex.slice(start, start + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

const dot = (a: Triple, b: Triple) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

/** Linear RGB of a `#rrggbb` colour as seen with the given colour vision. */
export function simulate(hex: string, vision: Vision): Triple {
  const rgb = linear(hex)
  const clamp = (value: number) => Math.min(1, Math.max(0, value))
  const [r, g, b] = machado[vision]
  return [clamp(dot(r, rgb)), clamp(dot(g, rgb)), clamp(dot(b, rgb))]
}

/** WCAG 2 contrast ratio of two `#rrggbb` colours. */
export function contrast(a: string, b: string): number {
  const luminance = (hex: string) => dot([0.2126, 0.7152, 0.0722], linear(hex))
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function lab(rgb: Triple): Triple {
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116)
  const x = f(dot([0.4124564, 0.3575761, 0.1804375], rgb) / 0.95047)
  const y = f(dot([0.2126729, 0.7151522, 0.072175], rgb))
  const z = f(dot([0.0193339, 0.119192, 0.9503041], rgb) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const degrees = (radians: number) => (radians * 180) / Math.PI
const radians = (angle: number) => (angle * Math.PI) / 180

/** CIEDE2000 difference of two linear RGB colours. */
export function deltaE2000(first: Triple, second: Triple): number {
  const [L1, a1, b1] = lab(first)
  const [L2, a2, b2] = lab(second)
  const c7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7
  const stretch = 1.5 - 0.5 * Math.sqrt(c7 / (c7 + 25 ** 7))
  const C1 = Math.hypot(a1 * stretch, b1)
  const C2 = Math.hypot(a2 * stretch, b2)
  const hue = (b: number, a: number) =>
    a === 0 && b === 0 ? 0 : (degrees(Math.atan2(b, a)) + 360) % 360
  const h1 = hue(b1, a1 * stretch)
  const h2 = hue(b2, a2 * stretch)
  let turn = C1 * C2 === 0 ? 0 : h2 - h1
  if (turn > 180) turn -= 360
  if (turn < -180) turn += 360
  const dH = 2 * Math.sqrt(C1 * C2) * Math.sin(radians(turn / 2))
  const meanL = (L1 + L2) / 2
  const meanC = (C1 + C2) / 2
  let meanH = h1 + h2
  if (C1 * C2 !== 0) {
    if (Math.abs(h1 - h2) <= 180) meanH /= 2
    else meanH = (meanH < 360 ? meanH + 360 : meanH - 360) / 2
  }
  const T =
    1 -
    0.17 * Math.cos(radians(meanH - 30)) +
    0.24 * Math.cos(radians(2 * meanH)) +
    0.32 * Math.cos(radians(3 * meanH + 6)) -
    0.2 * Math.cos(radians(4 * meanH - 63))
  const SL = 1 + (0.015 * (meanL - 50) ** 2) / Math.sqrt(20 + (meanL - 50) ** 2)
  const SC = 1 + 0.045 * meanC
  const SH = 1 + 0.015 * meanC * T
  const RC = 2 * Math.sqrt(meanC ** 7 / (meanC ** 7 + 25 ** 7))
  const RT = -Math.sin(radians(60 * Math.exp(-(((meanH - 275) / 25) ** 2)))) * RC
  const l = (L2 - L1) / SL
  const c = (C2 - C1) / SC
  const h = dH / SH
  return Math.sqrt(l * l + c * c + h * h + RT * c * h)
}
