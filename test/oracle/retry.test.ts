// When a socket handler tries to connect, against CPython's answers.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { afterFailure, mayConnect, NO_FAILURE, retryDefaults } from '@pino-handlers/core/net'
import { casesOf, differing, type Input } from './vectors.js'

describe('the back-off answers as CPython does', () => {
  const cases = casesOf('pickle').filter(({ kind }) => kind === 'retry')

  it(`retry (${cases.length})`, () => {
    assert.deepEqual(differing(cases, attempts), [])
  })
})

type Emit = readonly [now: number, verb: 'emit', connects: boolean, sends: boolean]

// A handler that does what Python's does at each record: connects if it is time to, sends, and closes when that fails.
function attempts({ script, start, factor, max }: Input): unknown {
  const settings = {
    retryStart: Number(start ?? retryDefaults.retryStart),
    retryFactor: Number(factor ?? retryDefaults.retryFactor),
    retryMax: Number(max ?? retryDefaults.retryMax),
  }
  let backOff = NO_FAILURE
  let connected = false
  const rows = emits(script).map(([now, , connects, sends]) => {
    const attempted = !connected && mayConnect(backOff, now)
    if (attempted) {
      connected = connects
      backOff = connects ? NO_FAILURE : afterFailure(backOff, now, settings)
    }
    // The vectors let only a connection break that was there before.
    const sent = connected && (attempted || sends)
    connected = sent
    const times = backOff === NO_FAILURE ? [null, null] : [backOff.retryTime, backOff.retryPeriod]
    return [Number(attempted), Number(connected), Number(sent), ...times]
  })
  return { columns: ['attempted', 'connected', 'sent', 'retryTime', 'retryPeriod'], rows, errors: [] }
}

function emits(script: unknown): readonly Emit[] {
  return script as readonly Emit[]
}
