// Who is told of SIGHUP. The signal is emitted in this process, so that no system has to know it.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { reopenOnSighup } from '@pino-handlers/watched-file'

/** Something that can be told to open its file again, and counts how often. */
class Told extends EventEmitter {
  closed = false
  readonly commands: string[] = []

  command(name: string): void {
    this.commands.push(name)
  }
}

function hangUp(): void {
  process.emit('SIGHUP', 'SIGHUP')
}

describe('reopenOnSighup', () => {
  it('tells a target once that is registered twice, until both are stopped', () => {
    const [target, other] = [new Told(), new Told()]
    const stops = [reopenOnSighup(target), reopenOnSighup(target, other)]
    const counts: number[] = []
    for (const stop of stops) {
      hangUp()
      counts.push(target.commands.length)
      stop()
      stop()
    }

    assert.deepEqual([counts, other.commands, process.listenerCount('SIGHUP')], [[1, 2], ['reopen', 'reopen'], 0])
  })

  it('tells nothing to targets that are closed, before or after they are registered', () => {
    const [gone, going, open] = [new Told(), new Told(), new Told()]
    gone.closed = true
    const stop = reopenOnSighup(gone, going, open)
    hangUp()
    going.emit('close')
    hangUp()
    stop()

    assert.deepEqual([gone.commands, going.commands, open.commands], [[], ['reopen'], ['reopen', 'reopen']])
  })
})
