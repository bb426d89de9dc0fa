// Who takes part in a round, and in which order.

import { spawnSync } from 'node:child_process'

interface Peer {
  readonly label: string
  /** A command without which it is left out. */
  readonly needs?: string
}

/** The one that goes first finds another machine than the one that goes last: each round starts with the next. */
export function inTurns<P extends Peer>(peers: readonly P[], round: number): P[] {
  const first = round % peers.length
  return [...peers.slice(first), ...peers.slice(0, first)].filter(({ label, needs }) => {
    if (needs === undefined || isThere(needs)) return true
    if (round === 0) console.log(`no ${needs} here: '${label}' is left out`)
    return false
  })
}

function isThere(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0
}
