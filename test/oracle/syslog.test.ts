// syslog against what CPython's SysLogHandler sent: priorities, tables and bytes. What a socket does, kinds unix and
// tcp, is asked in packages/syslog/test.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Batch, type LogRecord, Monitor, PINO_SHAPE } from '@pino-handlers/core'
import { Formatter } from '@pino-handlers/core/formatter'
import { getMessage } from '@pino-handlers/core/python'
import {
  createEncoder,
  defaultFraming,
  encodePriority,
  FACILITY_NAMES,
  type Framing,
  facilityCheck,
  mapPriority,
  PRIORITY_NAMES,
} from '@pino-handlers/syslog/wire'
import { BASE, type Case, casesOf, decode, decodeObject, differing } from './vectors.js'

const PINO_LEVELS: Readonly<Record<string, number>> = { DEBUG: 20, INFO: 30, WARNING: 40, ERROR: 50, CRITICAL: 60 }

describe('syslog answers as CPython does', () => {
  const cases = casesOf('syslog')
  const asked = (kind: string): readonly Case[] => cases.filter((one) => one.kind === kind)

  it('encode', () => {
    const answer = ({ facility, priority }: Case['input']): unknown => {
      try {
        return encodePriority(asName(decode(facility)), asName(decode(priority)))
      } catch (error) {
        if (error instanceof RangeError) return { error: 'KeyError' }
        throw error
      }
    }
    assert.deepEqual(differing(asked('encode'), answer), [])
  })

  it('map', () => {
    assert.deepEqual(
      differing(asked('map'), (levelname) => mapPriority(String(levelname))),
      [],
    )
  })

  it('table', () => {
    for (const { id, expect } of asked('table')) {
      const { facility_names, priority_names, priority_map } = decodeObject(expect)
      const ours = Object.fromEntries(Object.keys(Object(priority_map)).map((name) => [name, mapPriority(name)]))
      assert.deepEqual([FACILITY_NAMES, PRIORITY_NAMES, ours], [facility_names, priority_names, priority_map], id)
    }
  })

  it('wire', (t) => {
    const wire = asked('wire')
    const refused = wire.filter(
      ({ input }) => typeof input.facility === 'string' && !(input.facility in FACILITY_NAMES),
    )
    t.diagnostic(`${refused.length} of ${wire.length} left out: an unknown facility is refused at construction (D12)`)
    for (const { id, input, expect } of refused) {
      assert.deepEqual([facilityCheck.parse(input.facility, {}), decodeObject(expect).packets], [undefined, []], id)
    }
    const glued = wire.filter(({ input }) => isStream(input) && input.append_nul === false)
    t.diagnostic(`${glued.length} of ${wire.length} with framing 'none': by default nothing runs together (D5)`)
    for (const one of wire.filter((each) => !refused.includes(each))) {
      const framing = framingOf(one)
      if (glued.includes(one)) assert.equal(framing, 'lf', one.id)
      assert.deepEqual(sent(one, 'none'), one.expect, one.id)
      if (!glued.includes(one)) assert.deepEqual(sent(one, framing), one.expect, one.id)
    }
  })
})

function isStream({ via }: Case['input']): boolean {
  return via === 'tcp' || via === 'unixstream'
}

function framingOf({ input }: Case): Framing {
  return defaultFraming('python', isStream(input) ? 'stream' : 'datagram', input.append_nul !== false)
}

function sent({ input }: Case, framing: Framing): unknown {
  const { facility, ident = '', append_nul = true, fmt } = decodeObject(input)
  const records = (Array.isArray(input.records) ? input.records : []).map((each) => ({
    ...BASE,
    ...decodeObject(each),
  }))
  const formatter = new Formatter({ fmt: typeof fmt === 'string' ? fmt : '%(message)s' })
  const monitor = new Monitor('syslog', 'ignore')
  const names = new Set(records.map(({ levelname }) => String(levelname)))
  const encode = createEncoder(
    {
      protocol: 'python',
      framing,
      separate: !isStream(input),
      facility: encodePriority(asName(facility), 0) >> 3,
      // A level of the user's own has Python's answer here, where a record of pino would have a better one.
      mapPriority: (levelname) => mapPriority(names.size === 1 ? ([...names][0] ?? '') : levelname),
      ident: String(ident),
      appendNul: append_nul === true,
      bom: false,
      maxMessageBytes: 0,
      oversize: 'truncate',
    },
    monitor,
  )
  const raw = records.map(lineOf).join('')
  const format = (record: LogRecord): string => formatter.format(record)
  const parts = encode(new Batch(raw, records.length, { format, terminator: '', monitor, shape: PINO_SHAPE }))
  const texts = parts.map(({ data }) => String(data))
  return isStream(input) ? { stream: texts.join('') } : { packets: texts }
}

function lineOf(record: Record<string, unknown>): string {
  const { levelname, msg, args, name, process, exc_text, stack_info } = record
  const err = exc_text ? { stack: exc_text } : undefined
  const level = PINO_LEVELS[String(levelname)] ?? 30
  const fields = { level, time: 1508025600123, pid: process, name, err, stack_info, msg: getMessage(msg, args) }
  return `${JSON.stringify(fields)}\n`
}

function asName(value: unknown): string | number {
  return typeof value === 'number' ? value : String(value)
}
