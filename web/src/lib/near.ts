/** Where the officer stands, and which parcels are near. */
import type { Key } from '../i18n'
import type { WorkParcel } from './types'

export type Place = readonly [lng: number, lat: number]

/** Metres of a degree of latitude. */
const DEGREE = 111_195
/** Milliseconds that a receiver may take for its first fix under trees. */
const PATIENCE = 20_000

/** Why the place is not known, as a message. */
export class NoPlace extends Error {
  constructor(readonly key: Key) {
    super(key)
  }
}

/** Where the browser says that it is. */
export function locate(): Promise<Place> {
  // Browsers tell the place to pages that nobody on the way can have changed.
  if (!isSecureContext) return Promise.reject(new NoPlace('near.plain'))
  return new Promise((found, failed) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        found([coords.longitude, coords.latitude])
      },
      ({ code }) => {
        failed(new NoPlace(code === 1 ? 'near.refused' : 'near.unknown'))
      },
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 30_000 },
    )
  })
}

/** Metres between two places that are not far apart. */
export function metresBetween([lng, lat]: Place, [otherLng, otherLat]: Place): number {
  const shrunk = Math.cos((((lat + otherLat) / 2) * Math.PI) / 180)
  return DEGREE * Math.hypot((otherLng - lng) * shrunk, otherLat - lat)
}

/** The square around a place, as a condition on parcels (CQL2). */
export function around([lng, lat]: Place, metres: number): string {
  const high = metres / DEGREE
  const wide = high / Math.cos((lat * Math.PI) / 180)
  const edges = [lng - wide, lat - high, lng + wide, lat + high].map((edge) => edge.toFixed(6))
  return `S_INTERSECTS(geometry,BBOX(${edges.join(',')}))`
}

/** A parcel, with its metres from where the officer stands where that was asked for. */
export type Near = WorkParcel & { distance?: number }

/** The parcels that are at most so far away, nearest first. */
export const nearest = (parcels: readonly WorkParcel[], place: Place, most: number) =>
  parcels
    .flatMap((parcel) =>
      parcel.point ? [{ ...parcel, distance: metresBetween(place, parcel.point) }] : [],
    )
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
