// Functions of the user, which may be wrong.

import assert from 'node:assert/strict'
import { connect, Socket } from 'node:net'
import { describe, it } from 'node:test'
import type { LogRecord } from '@pino-handlers/core'
import type { HttpOptions } from '@pino-handlers/http'
import { QUICK, type Reply, scripted, send } from '../../../test/support/scripted-server.js'

const OK: Reply = { status: 204 }
const QUIET = { ...QUICK, onError: 'ignore', url: '/in' } as const

/** Options that TypeScript would not take: functions that return something else than they should. */
function optionsOf(given: object): HttpOptions {
  return given as HttpOptions
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => `{"level":30,"n":${n}}\n`).join('')
}

describe('http with functions of the user', () => {
  for (const format of ['python-form', 'ndjson'] as const) {
    const options = { ...QUIET, method: 'POST', format } as const

    it(`counts records as invalid that mapLogRecord makes nothing of, ${format}`, async (t) => {
      const { host, heard } = await scripted(t, () => OK)
      const made: readonly unknown[] = ['text', ['a'], undefined, null, Promise.resolve({}), { n: 5 }]
      const wrong = {
        mapLogRecord(record: LogRecord): unknown {
          const n = Number(record.get('n'))
          if (n === 6) throw new Error('on purpose')
          return made[n]
        },
      }

      const { stats } = await send(optionsOf({ host, ...options, ...wrong }), lines(7))

      assert.deepEqual(
        [heard.map(({ body }) => body), stats.delivered, stats.invalid],
        [[format === 'ndjson' ? '{"n":5}\n' : 'n=5'], 1, 6],
      )
    })

    it(`goes through the connections that getConnection makes, ${format}`, async (t) => {
      const { host } = await scripted(t, () => OK)
      const asked: unknown[] = []
      const getConnection = (...given: readonly unknown[]): Socket => {
        asked.push(given)
        return connect(Number(host.split(':')[1]), '127.0.0.1')
      }

      const { stats } = await send({ ...options, host: 'nowhere.invalid:1', getConnection }, lines(1))

      assert.deepEqual([asked, stats.delivered], [[['nowhere.invalid:1', false]], 1])
    })

    it(`tells of each address why it cannot be reached, ${format}`, async (t) => {
      const { host } = await scripted(t, () => OK)
      const refused = ['connect ECONNREFUSED ::1:1', 'connect ECONNREFUSED 127.0.0.1:1'].map((each) => new Error(each))
      let attempts = 0
      const getConnection = (): Socket =>
        attempts++ === 0 ? new Socket().destroy(new AggregateError(refused)) : connect(Number(host.split(':')[1]))

      const { stats } = await send({ host, ...options, getConnection }, lines(1))

      assert.deepEqual(
        [stats.delivered, stats.lastError],
        [1, `cannot send to http://${host}: connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1`],
      )
    })

    for (const [what, returned, message] of [
      ['throws', new Error('no proxy'), 'no proxy'],
      ['returns none', undefined, 'getConnection has to return a socket, and has returned undefined'],
      ['is async', Promise.resolve(), 'getConnection has to return a socket, and has returned a promise'],
    ] as const) {
      it(`tells when getConnection ${what}, and tries again, ${format}`, async (t) => {
        const { host } = await scripted(t, () => OK)
        let calls = 0
        const getConnection = (): unknown => {
          calls++
          if (calls > 1) return connect(Number(host.split(':')[1]), '127.0.0.1')
          if (returned instanceof Error) throw returned
          return returned
        }

        const { stats } = await send(optionsOf({ host, ...options, getConnection }), lines(1))

        assert.deepEqual([stats.delivered, stats.lastError], [1, `cannot send to http://${host}: ${message}`])
      })
    }
  }
})
