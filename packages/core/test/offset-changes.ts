// When the clocks of a zone change, found by looking at every day.
import type { Zone } from '@pino-handlers/core/rotation'

const DAY = 86_400

/** The zones with the clocks that are hardest to follow, and two without any change. */
export const ZONES: readonly string[] = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'UTC',
]

/** The first instants of every new offset from 2000 to 2035. */
export function offsetChanges(zone: Zone): number[] {
  const changes: number[] = []
  const end = Date.UTC(2036, 0) / 1000
  let offset: number | undefined
  for (let day = Date.UTC(2000, 0) / 1000; day < end; day += DAY) {
    const next = zone.offsetAt(day)
    if (next !== (offset ?? next)) changes.push(changeBetween(zone, day - DAY, day))
    offset = next
  }
  return changes
}

function changeBetween(zone: Zone, before: number, after: number): number {
  if (after - before === 1) return after
  const middle = Math.floor((before + after) / 2)
  return zone.offsetAt(middle) === zone.offsetAt(before)
    ? changeBetween(zone, middle, after)
    : changeBetween(zone, before, middle)
}
