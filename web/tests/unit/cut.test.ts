import { expect, it } from 'vitest'
import { cut } from '../../src/map/cut'

it('what is free between two panels is widened to the shape of the sheet, both sides alike', () => {
  const { left, width, top, height } = cut({ left: 440, top: 60, width: 580, height: 640 }, 1440)
  expect(width).toBeCloseTo(788)
  expect(left + width / 2).toBeCloseTo(440 + 290)
  expect([top, height]).toEqual([60, 640])
})

it('what is wide already stays as it is', () => {
  const free = { left: 400, top: 0, width: 1020, height: 700 }
  expect(cut(free, 1440)).toEqual(free)
})

it('nothing is taken from beyond the map', () => {
  expect(cut({ left: 0, top: 0, width: 300, height: 800 }, 1440).left).toBe(0)
  expect(cut({ left: 0, top: 0, width: 360, height: 800 }, 360)).toMatchObject({
    left: 0,
    width: 360,
  })
  const right = cut({ left: 1100, top: 0, width: 300, height: 800 }, 1440)
  expect(right.left + right.width).toBeCloseTo(1440)
})
