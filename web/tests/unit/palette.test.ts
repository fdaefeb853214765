import { describe, expect, it } from 'vitest'
import { palette, planSteps, progressSteps, stageSteps } from '../../src/lib/palette'
import { contrast, deltaE2000, simulate, visions } from './vision'

/** Neighbours closer than this (CIEDE2000) are mistaken for one another on a projector. */
const LEAST = 8

const scales = { progress: progressSteps, plan: planSteps, stages: stageSteps }

describe('neighbouring steps stay apart for every kind of colour vision', () => {
  for (const [name, steps] of Object.entries(scales))
    for (const vision of visions)
      it(`${name}, ${vision}`, () => {
        for (let step = 1; step < steps.length; step += 1) {
          const before = simulate(steps[step - 1] ?? '', vision)
          const after = simulate(steps[step] ?? '', vision)
          expect(deltaE2000(before, after), `step ${String(step)}`).toBeGreaterThanOrEqual(LEAST)
        }
      })
})

describe('payment and the recovery decision run side by side after the approval', () => {
  const [approved, paid, decided, both, handed] = stageSteps.slice(5) as [
    string,
    string,
    string,
    string,
    string,
  ]
  it('neither is further: both are as dark', () => {
    const white = '#FFFFFF'
    expect(Math.abs(contrast(paid, white) - contrast(decided, white))).toBeLessThan(0.6)
  })
  for (const vision of visions)
    it(`either is told from what comes before and after it, ${vision}`, () => {
      const apart = (one: string, other: string) =>
        deltaE2000(simulate(one, vision), simulate(other, vision))
      for (const [one, other] of [
        [approved, paid],
        [approved, decided],
        [approved, both],
        [paid, both],
        [decided, both],
        [paid, handed],
        [decided, handed],
      ] as const)
        expect(apart(one, other), `${one} ${other}`).toBeGreaterThanOrEqual(LEAST)
      expect(apart(paid, decided)).toBeGreaterThanOrEqual(1.5 * LEAST)
    })
})

describe('text keeps its contrast', () => {
  for (const theme of ['light', 'dark'] as const) {
    const colours = palette(theme)
    const texts = ['ink', 'inkSoft', 'accent', 'late', 'ahead'] as const
    for (const text of texts)
      for (const ground of ['surface', 'surfaceSoft'] as const)
        it(`${theme}: ${text} on ${ground}`, () => {
          expect(contrast(colours[text], colours[ground])).toBeGreaterThanOrEqual(4.5)
        })
    it(`${theme}: control outlines and labels on the map`, () => {
      expect(contrast(colours.control, colours.surface)).toBeGreaterThanOrEqual(3)
      expect(contrast(colours.ink, colours.land)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(colours.onAccent, colours.accent)).toBeGreaterThanOrEqual(4.5)
    })
  }
})
