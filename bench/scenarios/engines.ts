// Batches through queues on servers, beside what the plain client does. The server is started for each round.

import { noNats, startNats } from '../../test/support/nats-server.js'
import { noRabbitmq, RabbitmqServer } from '../../test/support/rabbitmq-server.js'
import { noRedis, startRedis } from '../../test/support/redis-server.js'
import { SuiteScope } from '../../test/support/suite-scope.js'
import { runChild } from '../run-child.js'
import type { Figures, Scenario } from '../scenario.js'
import { inTurns } from './turns.js'

// Of the records of a run: one at a time is slow.
const SIZES = [
  { size: 1, share: 0.02 },
  { size: 100, share: 0.5 },
  { size: 1000, share: 1 },
]

function scenarioOf(
  engine: string,
  missing: string | false,
  start: (scope: SuiteScope) => Promise<{ readonly url: string }>,
): Scenario {
  const peers = SIZES.flatMap(({ size, share }) =>
    [false, true].map((isPlain) => ({ label: labelOf(isPlain, size), size, share, isPlain })),
  )
  return {
    name: engine,
    title: `batches through ${engine} until they are acknowledged, both ends in one process; records`,
    size: { records: 300_000, runs: 3 },
    peers: peers.map(({ label }) => label),
    columns: [
      { figure: 'rate', title: 'thousand/s', digits: 1 },
      { figure: 'cpu', title: 'CPU µs of both ends', digits: 2 },
    ],
    ratio: { figure: 'rate', against: labelOf(true, 1000) },
    chart: {
      figure: 'rate',
      unit: 'thousand records/s',
      groups: SIZES.map(({ size }) => ({
        title: `${size} in a batch`,
        peers: [labelOf(false, size), labelOf(true, size)],
        limits: [labelOf(true, size)],
      })),
    },
    goals: SIZES.map(({ size }) => ({
      peer: labelOf(false, size),
      figure: 'rate',
      against: labelOf(true, size),
      atLeast: 0.8,
    })),
    async *measure({ records }, _folder, round): AsyncGenerator<readonly [string, Figures]> {
      if (missing) {
        if (round === 0) console.log(`${missing} here: '${engine}' is left out`)
        return
      }
      const scope = new SuiteScope()
      try {
        const { url } = await start(scope)
        for (const { label, size, share, isPlain } of inTurns(peers, round)) {
          const options = { engine, url, size, isPlain }
          const job = { file: '', records: Math.max(size, records * share), options }
          yield [label, await runChild<Figures>('peers/engine', job)]
        }
      } finally {
        await scope.end()
      }
    },
  }
}

function labelOf(isPlain: boolean, size: number): string {
  return `${isPlain ? 'the plain client' : 'ours'}, ${size} in a batch`
}

/** A scenario for each kind of server. */
export const engines: readonly Scenario[] = [
  scenarioOf('redis', noRedis, startRedis),
  scenarioOf('nats', noNats, startNats),
  scenarioOf('amqp', noRabbitmq, (scope) => RabbitmqServer.start(scope)),
]
