// Each handler beside the fastest other that does the same, and beside the least that it could take.

import type { Results, Scenario } from '../scenario.js'
import { median } from '../statistics.js'
import { ratioOf, valuesOf } from '../table.js'

/** A row of the overview: the handler, and which peer of which scenario it is. */
export interface Comparison {
  readonly handler: string
  readonly scenario: string
  readonly ours: string
}

/** A peer that lost more in a run is not compared with: who throws records away has an easy life. */
export const MAY_MISS = 10

/** In the order of the README's table. nt-eventlog is not among them: it needs Windows. */
export const comparisons: readonly Comparison[] = [
  { handler: 'stream', scenario: 'stream', ours: 'ours (worker)' },
  { handler: 'file', scenario: 'file', ours: 'ours (worker)' },
  { handler: 'file, formatted', scenario: 'formatted', ours: 'ours (worker)' },
  { handler: 'null', scenario: 'null', ours: 'ours (worker)' },
  { handler: 'watched-file', scenario: 'timed', ours: 'ours, watched-file (worker)' },
  { handler: 'rotating-file', scenario: 'rotating', ours: 'ours (worker)' },
  { handler: 'timed-rotating-file', scenario: 'timed', ours: 'ours, timed-rotating-file (worker)' },
  { handler: 'socket, ndjson', scenario: 'socket', ours: 'ours, ndjson (worker)' },
  { handler: 'socket, pickle', scenario: 'socket', ours: 'ours, pickle (worker)' },
  { handler: 'datagram, ndjson', scenario: 'datagram', ours: 'ours, ndjson (worker)' },
  { handler: 'datagram, pickle', scenario: 'datagram', ours: 'ours, pickle (worker)' },
  { handler: 'syslog, TCP', scenario: 'syslog', ours: 'ours, tcp (worker)' },
  { handler: 'syslog, UDP', scenario: 'syslog', ours: 'ours, udp (worker)' },
  { handler: 'smtp', scenario: 'smtp', ours: 'ours (worker)' },
  { handler: 'memory', scenario: 'memory', ours: 'ours, drop-oldest (worker)' },
  { handler: 'http, batches', scenario: 'http', ours: 'ours, ndjson (worker)' },
  { handler: 'http, python-form', scenario: 'http', ours: 'ours, python-form, chunks' },
  { handler: 'queue', scenario: 'queue', ours: 'ours, socket (worker)' },
  { handler: 'queue-listener', scenario: 'fan-out', ours: 'ours' },
  { handler: 'command line', scenario: 'command-line', ours: 'ours, file' },
]

/** Ours divided by what it is compared with: below 1 it takes less. */
export interface Compared extends Comparison {
  /** The fastest other that lost nothing to speak of; undefined when there is none. */
  readonly other: string | undefined
  readonly wall: number
  readonly main: number
  readonly limit: string | undefined
  readonly ofLimit: number
}

/** Undefined when ours was not measured. */
export function compare(comparison: Comparison, scenario: Scenario, results: Results): Compared | undefined {
  const { ours } = comparison
  const group = scenario.chart?.groups.find(({ peers }) => peers.includes(ours))
  if (!group || !results.get(ours)?.length) return undefined
  const others = group.peers.filter((peer) => !peer.startsWith('ours') && !group.limits?.includes(peer))
  const other = fastest(
    others.filter((peer) => arrives(results, peer)),
    results,
  )
  const limit = fastest(group.limits ?? [], results)
  const ratio = (figure: string, against?: string): number =>
    against === undefined ? Number.NaN : ratioOf(results, ours, figure, against)
  return {
    ...comparison,
    other,
    wall: ratio('wall', other),
    main: ratio('main', other),
    limit,
    ofLimit: ratio('wall', limit),
  }
}

function fastest(peers: readonly string[], results: Results): string | undefined {
  const wallOf = (peer: string): number => median(valuesOf(results, peer, 'wall'))
  return peers.filter((peer) => wallOf(peer) > 0).sort((a, b) => wallOf(a) - wallOf(b))[0]
}

function arrives(results: Results, peer: string): boolean {
  const lost = valuesOf(results, peer, 'lost').filter((value) => !Number.isNaN(value))
  return lost.every((value) => value <= MAY_MISS)
}
