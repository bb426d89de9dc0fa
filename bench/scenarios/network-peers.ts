// One round of peers that send to a receiver: both in processes of their own, what arrived looked at afterwards.

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Framing } from '../frames.js'
import type { Job } from '../job.js'
import { type Destination, startReceiver, type Way } from '../receiver.js'
import { runChild } from '../run-child.js'
import type { Figures } from '../scenario.js'
import { verifyFrames } from '../verify-frames.js'
import { inTurns } from './turns.js'

/** A row of the table: which program sends how, and what it is told. */
export interface NetworkPeer extends Pick<Job, 'target' | 'handler'> {
  readonly label: string
  /** Its name in the folder of peers. */
  readonly program: string
  readonly way: Way
  /** How it tells records apart on a stream; a datagram is a record. */
  readonly framing?: Framing
  /** Its options, which say where the receiver is. */
  options(to: Destination): Readonly<Record<string, unknown>>
  /** It gets one of so many records, for a way that takes its time. Default: 1, all. */
  readonly oneOf?: number
  /** A command without which the row is left out. */
  readonly needs?: string
}

/** The wall ends with the last byte at the receiver, or with the sender's own end when that is later. */
export async function* measureNetworkPeers(
  peers: readonly NetworkPeer[],
  most: number,
  folder: string,
  round: number,
): AsyncGenerator<readonly [string, Figures]> {
  for (const peer of inTurns(peers.map(withNeeds), round)) {
    const { label, program, way, framing = 'length', options, oneOf = 1, ...job } = peer
    const records = Math.ceil(most / oneOf)
    const arrived = join(folder, 'arrived')
    mkdirSync(arrived)
    const receiver = await startReceiver(way, arrived, join(folder, 'socket'))
    const task = { ...job, file: '', records, options: options(receiver.at) }
    const { began = 0, wall = 0, ...figures } = await runChild<Figures>(`peers/${program}`, task)
    const last = await receiver.finish()
    const faults = await verifyFrames(
      readdirSync(arrived).map((name) => join(arrived, name)),
      framing,
      records,
    )
    rmSync(arrived, { recursive: true })
    rmSync(join(folder, 'socket'), { force: true })
    const each = Math.max(wall, ((last - began) / records) * 1000)
    yield [label, { ...figures, ...faults, wall: each, rate: 1000 / each }]
  }
}

// The receiver of datagrams is in Python.
function withNeeds(peer: NetworkPeer): NetworkPeer {
  return peer.way === 'udp' || peer.way === 'unix-datagram' ? { ...peer, needs: 'python3' } : peer
}
