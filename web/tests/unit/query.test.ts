import { expect, it } from 'vitest'
import { noFilter, type Filter } from '../../src/lib/filter'
import { filterOfParameters, filterParameters } from '../../src/lib/query'

const filter: Filter = {
  ...noFilter,
  projects: ['DA01', 'DA02'],
  units: ['13591', '13291'],
  key: true,
  uses: ['LUC', 'ONT'],
  blockers: ['price', 'graves'],
  overdueDays: 90,
  area: [
    [106.07, 20.555],
    [106.09, 20.555],
    [106.09, 20.57234],
  ],
}

it('a saved briefing gives back every condition that it was saved with', () => {
  expect(filterOfParameters(filterParameters(filter, null))).toEqual(filter)
  const one = { ...noFilter, units: ['13591'], overdueDays: 0 }
  expect(filterOfParameters(filterParameters(one, null))).toEqual(one)
  expect(filterParameters(one, null).get('unit')).toBe('13591')
})

it('a legend step narrows chosen projects, and what has none of them has no parcels', () => {
  expect(filterParameters(filter, ['DA02', 'DA03']).get('project')).toBe('DA02')
  expect(filterParameters(filter, ['DA03']).get('filter')).toBe('1=2')
})
