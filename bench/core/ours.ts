// What the handler of a package costs before its sink does anything.

import { once } from 'node:events'
import {
  type Batch,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  Handler,
  resolveOptions,
} from '@pino-handlers/core'
import { type EventLogCalls, eventSink } from '@pino-handlers/nt-eventlog/wire'
import { FORMAT } from '../record.js'
import type { Step } from './step.js'

/** Lines go through untouched. */
export function textDoor(): Step {
  return through({}, (batch) => batch.count)
}

/** Lines become records that nobody reads. */
export function recordDoor(): Step {
  return through({}, (batch) => batch.records.length)
}

/** The `level` option lets all lines through. */
export function levelOption(): Step {
  return through({ level: 'info' }, (batch) => batch.count)
}

export function levelAndTime(): Step {
  return through({}, (batch) => countIf(batch, ({ level, time }) => level > 0 && time > 0))
}

export function parsed(): Step {
  return through({}, (batch) => countIf(batch, ({ message }) => message !== ''))
}

export function formatter(): Step {
  return through({ formatter: { fmt: FORMAT } }, (batch) => (batch.text === '' ? 0 : batch.count))
}

/** Records become events for a Windows that takes them at once. */
export function events(): Step {
  const calls: EventLogCalls = { registerEventSource: () => 1, reportEvent() {}, deregisterEventSource() {} }
  const settings = resolveOptions('bench', commonChecks, commonDefaults, { formatter: { fmt: '%(message)s' } })
  const handler = new Handler({ name: 'bench', settings: { ...settings, terminator: '' } }, (monitor) =>
    eventSink(calls, { appname: 'bench' }, monitor),
  )
  return stepOf(handler, () => handler.stats.delivered)
}

function countIf(batch: Batch, test: (record: Batch['records'][number]) => boolean): number {
  let count = 0
  for (const record of batch.records) if (test(record)) count++
  return count
}

function through(options: CommonOptions, count: (batch: Batch) => number): Step {
  let lines = 0
  const settings = resolveOptions('bench', commonChecks, commonDefaults, options)
  const handler = new Handler({ name: 'bench', settings }, () => ({
    write(batch) {
      lines += count(batch)
    },
  }))
  return stepOf(handler, () => lines)
}

function stepOf(handler: Handler, lines: () => number): Step {
  return {
    write: (chunk) => handler.write(chunk),
    async end() {
      handler.end()
      await once(handler, 'close')
      return lines()
    },
  }
}
