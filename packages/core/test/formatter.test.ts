import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { BufferingFormatter, Formatter, type FormatterOptions, type RecordView } from '@pino-handlers/core/formatter'
import { fileTarget } from '@pino-handlers/file'
import { rotatingFileTarget } from '@pino-handlers/rotating-file'
import pino from 'pino'
import { tempDir } from '../../../test/support/temp-dir.js'

const record = (over: Partial<RecordView> = {}, more: Record<string, unknown> = {}): RecordView => ({
  message: 'hello',
  created: 1508025600.123,
  msecs: 123,
  exc_text: null,
  stack_info: null,
  get: (name) => ({ levelname: 'INFO', name: 'app', ...more })[name],
  ...over,
})

const refusal = (options: FormatterOptions): string => {
  try {
    new Formatter(options)
    return 'fine'
  } catch (error) {
    return String(error)
  }
}

describe('Formatter', () => {
  it('is the message alone without a format', () => {
    assert.equal(new Formatter().format(record()), 'hello')
  })

  it('fills all three styles', () => {
    const formats = [
      { fmt: '%(asctime)s %(levelname)-8s %(name)s %(message)s' },
      { fmt: '{asctime} {levelname:<8} {name} {message}', style: '{' },
      { fmt: '$asctime ${levelname}     $name $message', style: '$' },
    ] as const
    const texts = formats.map((options) => new Formatter({ ...options, utc: true }).format(record()))

    assert.deepEqual(new Set(texts), new Set(['2017-10-15 00:00:00,123 INFO     app hello']))
  })

  it('cuts milliseconds off and never rounds them up', () => {
    const formatter = new Formatter({ utc: true })

    assert.equal(formatter.formatTime(record({ created: 1508025600.9996, msecs: 999.6 })), '2017-10-15 00:00:00,999')
  })

  it('shows each second as it is, also after the clock went back', () => {
    const formatter = new Formatter({ fmt: '%(asctime)s', datefmt: '%S', utc: true })
    const texts = [10, 10.5, 11, 10].map((created) => formatter.format(record({ created })))

    assert.deepEqual(texts, ['10', '10', '11', '10'])
  })

  it('replaces the default time format and its milliseconds', () => {
    const options = { fmt: '%(asctime)s', utc: true }

    assert.deepEqual(
      [
        new Formatter({ ...options, datefmt: '%H:%M' }).format(record()),
        new Formatter({ ...options, datefmt: '' }).format(record()),
        new Formatter({ ...options, defaultTimeFormat: '%H' }).format(record()),
        new Formatter({ ...options, defaultMsecFormat: null }).format(record()),
      ],
      ['00:00', '2017-10-15 00:00:00,123', '00,123', '2017-10-15 00:00:00'],
    )
  })

  it('puts traceback and stack on lines of their own', () => {
    const formatter = new Formatter()
    const texts = [
      formatter.format(record({ exc_text: 'E', stack_info: 'S' })),
      formatter.format(record({ message: 'm\n', exc_text: 'E\n', stack_info: 'S' })),
      formatter.format(record({ exc_text: '', stack_info: '' })),
    ]

    assert.deepEqual(texts, ['hello\nE\nS', 'm\nE\nS', 'hello'])
  })

  it('falls back to the defaults, and then says which field is missing', () => {
    const fmt = '%(user)s %(message)s'

    assert.equal(
      new Formatter({ fmt, defaults: { user: 'nobody', message: 'never' } }).format(record()),
      'nobody hello',
    )
    assert.equal(new Formatter({ fmt, defaults: { user: 'nobody' } }).format(record({}, { user: null })), 'None hello')
    assert.throws(() => new Formatter({ fmt }).format(record()), {
      name: 'ValueError',
      message: "Formatting field not found in record: 'user'",
    })
  })

  it('refuses formats that cannot be meant, unless it is told not to validate', () => {
    const style: object = { style: '&' }

    assert.deepEqual(
      [
        refusal({ fmt: 'plain' }),
        refusal({ fmt: 'plain', style: '{' }),
        refusal({ fmt: '$1', style: '$' }),
        refusal({ fmt: '{a b}', style: '{' }),
        refusal(style),
        refusal({ fmt: 'plain', validate: false }),
      ],
      [
        "ValueError: Invalid format 'plain' for '%' style",
        'ValueError: invalid format: no fields',
        "ValueError: invalid format: bare '$' not allowed",
        "ValueError: invalid format: invalid field name/expression: 'a b'",
        'ValueError: Style must be one of: %,{,$',
        'fine',
      ],
    )
  })

  it('knows whether its format mentions the time', () => {
    const formats = ['%(asctime)s', '%(message)s', '%%(asctime)s %(name)s']

    assert.deepEqual(
      formats.map((fmt) => new Formatter({ fmt }).usesTime()),
      [true, false, true],
    )
  })
})

describe('BufferingFormatter', () => {
  it('joins its records between header and footer, and is empty without any', () => {
    class Report extends BufferingFormatter {
      override formatHeader(records: readonly RecordView[]): string {
        return `${records.length}:`
      }
      override formatFooter(): string {
        return '.'
      }
    }
    const report = new Report(new Formatter({ fmt: '[%(message)s]' }))

    assert.deepEqual([report.format([record(), record()]), report.format([])], ['2:[hello][hello].', ''])
  })
})

describe('the option formatter', () => {
  it('takes Formatter as data in a worker that is loading other targets', async (t) => {
    // The worker alone would let the process end.
    const alive = setInterval(() => {}, 1000)
    t.after(() => clearInterval(alive))
    const folder = tempDir(t)
    const [formatted, other] = [join(folder, 'formatted.log'), join(folder, 'other.log')]
    const transport = pino.transport({
      targets: [
        fileTarget({ filename: formatted, formatter: { fmt: '%(levelname)s %(message)s' } }),
        rotatingFileTarget({ filename: other, maxBytes: 1000 }),
      ],
    })
    pino({ base: null, timestamp: false }, transport).info('hello')
    const closed = once(transport, 'close')
    transport.end()
    await closed

    assert.deepEqual(
      [readFileSync(formatted, 'utf8'), readFileSync(other, 'utf8')],
      ['INFO hello\n', '{"level":30,"msg":"hello"}\n'],
    )
  })
})
