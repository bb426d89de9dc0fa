// A handler in front of a target, with the clock in the test's hands, and targets that do what they are told.

import assert from 'node:assert/strict'
import { Writable, type WritableOptions } from 'node:stream'
import type { TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { type CommonSettings, Handler, type Monitor, type Stats } from '@pino-handlers/core'
import {
  type Target,
  type TargetSettings,
  TargetSink,
  type TargetStream,
  targetDefaults,
} from '@pino-handlers/core/target'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { commonSettings } from '../../../test/support/settings.js'

export interface Supervised {
  readonly handler: Handler
  readonly sink: TargetSink
  /** The messages of `failure`, and the names of states, in order. */
  readonly events: string[]
  /** Writes a record for each message, all at once. */
  log(...messages: readonly string[]): boolean
}

export interface Setup extends Partial<TargetSettings>, Partial<CommonSettings> {
  readonly fallback?: Target
}

/** A handler that writes to `target`. Its books are looked at when the test is over, and those of its fallback. */
export function supervised(t: TestContext, target: Target, { fallback, ...given }: Setup = {}): Supervised {
  const settings = { maxQueueBytes: 1e6, ...targetDefaults, retryStart: 0.01, ...given }
  const sinks: TargetSink[] = []
  const handler = new Handler({ name: 'test', settings: commonSettings(given) }, (monitor: Monitor) => {
    const other = fallback && new TargetSink(fallback, settings, monitor.child('fallback'))
    const sink = new TargetSink(target, settings, monitor, other)
    sinks.push(sink)
    return sink
  })
  const events: string[] = []
  handler.on('state', ({ handler: name, state }) => events.push(name === 'test' ? state : `${name} ${state}`))
  handler.on('failure', ({ message }) => events.push(message))
  t.after(async () => {
    if (!handler.closed) {
      const closed = new Promise((resolve) => handler.once('close', resolve))
      handler.destroy()
      await closed
    }
    assertAllBalanced(handler.stats)
  })
  return {
    handler,
    sink: sinks[0] ?? assert.fail(),
    events,
    log: (...messages) => handler.write(messages.map((message) => line(message)).join('')),
  }
}

/** Lets time pass, for what goes by setTimeout. */
export type Clock = (seconds: number) => void

/** The clock in the test's hands; no pause is longer or shorter by chance. */
export function stoppedClock(t: TestContext): Clock {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let now = 0
  t.mock.method(performance, 'now', () => now)
  t.mock.method(Math, 'random', () => 0.5)
  return (seconds) => {
    now += seconds * 1000
    t.mock.timers.tick(seconds * 1000)
  }
}

/** Lets all that is under way happen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate()
}

/** The messages in text that was written. */
export function messages(chunks: readonly string[]): string[] {
  return chunks.flatMap((chunk) =>
    chunk
      .split('\n')
      .filter(Boolean)
      .map((each) => String(JSON.parse(each).msg)),
  )
}

/** A Writable that remembers what it was given. */
export class Keeper extends Writable {
  readonly chunks: string[] = []

  constructor(options: WritableOptions = {}) {
    super({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        this.chunks.push(String(chunk))
        done()
      },
      ...options,
    })
  }

  /** The messages that it was given. */
  get messages(): string[] {
    return messages(this.chunks)
  }
}

/** A Writable that fails at its first write. */
export function failing(how: (done: (error: Error) => void) => void): () => Writable {
  return () => new Writable({ write: (_chunk, _encoding, done) => how(done) })
}

/** Throws. */
export function thrown(message: string): never {
  throw new Error(message)
}

/** A target that opens what `makes` gives, one after the other, the last one for ever. */
export function opens(...makes: readonly (() => TargetStream | Promise<TargetStream>)[]): Target & { times: number } {
  const target = {
    label: 'fake',
    times: 0,
    open() {
      const make = makes[Math.min(target.times++, makes.length - 1)]
      return make ? make() : assert.fail('nothing to open')
    },
  }
  return target
}

/** Ends `handler`, and gives back its books. */
export async function ended(handler: Handler): Promise<Stats> {
  const closed = new Promise((resolve) => handler.once('close', resolve))
  handler.end()
  await closed
  return handler.stats
}

/** What a flush says: undefined when all is well. */
export function flushed(handler: Handler): Promise<string | undefined> {
  return new Promise((resolve) => handler.flush((error) => resolve(error?.message)))
}

/** What became of the records: delivered, and dropped by reason. */
export function outcome({ delivered, dropped, queued }: Stats): object {
  return { delivered, ...dropped, ...(queued > 0 ? { queued } : {}) }
}

function assertAllBalanced(stats: Stats): void {
  assertBalanced(stats)
  for (const each of stats.targets ?? []) assertAllBalanced(each)
}
