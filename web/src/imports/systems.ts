/** The systems of coordinates that files here come in, named as maps name them: by meridian and width of the zone. */

/** VN-2000 in zones of three degrees (EPSG code, meridian in minutes), Hà Nam's first. */
const zones: readonly (readonly [number, number])[] = [
  [5897, 6300],
  [9209, 6330],
  [9210, 6345],
  [5896, 6120],
  [9205, 6180],
  [9206, 6240],
  [9207, 6270],
  [9208, 6285],
  [9211, 6360],
  [9212, 6375],
  [9213, 6390],
  [9214, 6420],
  [9215, 6435],
  [9216, 6450],
  [5899, 6465],
  [5898, 6480],
  [9217, 6495],
  [9218, 6510],
]

const meridian = (minutes: number) =>
  `${String(Math.floor(minutes / 60))}°${String(minutes % 60).padStart(2, '0')}′`

export const systems: readonly { code: string; name: string }[] = [
  ...zones.map(([code, minutes]) => ({
    code: `EPSG:${String(code)}`,
    name: `VN-2000 ${meridian(minutes)}, 3° (EPSG:${String(code)})`,
  })),
  { code: 'EPSG:3405', name: 'VN-2000 UTM 105°00′, 6° (EPSG:3405)' },
  { code: 'EPSG:3406', name: 'VN-2000 UTM 111°00′, 6° (EPSG:3406)' },
  { code: 'EPSG:4756', name: 'VN-2000 φ, λ (EPSG:4756)' },
  { code: 'EPSG:4326', name: 'WGS 84 (EPSG:4326)' },
  { code: 'EPSG:3857', name: 'Web Mercator (EPSG:3857)' },
]

/** A system by its name on maps; by its code where it is not among those that files here come in. */
export const systemName = (code: string): string =>
  systems.find((system) => system.code === code)?.name ?? code
