// What docs/coming-from/pino-syslog.md says, tried on both.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import syslog, { type SyslogOptions } from '@pino-handlers/syslog'
import { startReceiver } from '../../packages/socket/test/receiver.js'
import { assertBalanced } from '../support/books.js'
import { line } from '../support/lines.js'
import { assertBooks, runShown, type ShownProgram, writes } from '../support/shown-program.js'

const page = 'docs/coming-from/pino-syslog.md'
const fields = { hostname: 'web1.example', reqId: 7 }
const lines = [line('hello', { ...fields, level: 40 }), line('naïve €', fields), line('no', { ...fields, level: 60 })]
const shown = { page, having: '@pino-handlers', env: { TZ: 'UTC' }, after: writes(lines) }

describe('coming from pino-syslog', () => {
  it('the translated configuration sends the same bytes', async (t) => {
    const theirs = await sent(t, { ...shown, having: "target: 'pino-syslog'" })
    const ours = await sent(t, shown)

    assert.equal(ours, theirs)
    assert.match(ours, /^<132>Oct 15 00:00:00 web1 shop\[4242\]: \{"level":40,/)
  })

  const rfc3164 = { modern: false, tz: Intl.DateTimeFormat().resolvedOptions().timeZone }
  const translations: readonly (readonly [string, TheirOptions, SyslogOptions])[] = [
    ['RFC 5424, but for the milliseconds', {}, { protocol: 'rfc5424', framing: 'lf' }],
    ['messageOnly', { ...rfc3164, messageOnly: true }, { formatter: { fmt: '%(message)s' } }],
    ['cee', { ...rfc3164, cee: true }, { formatter: (record) => `@cee: ${record.line}` }],
    [
      'includeProperties',
      { ...rfc3164, includeProperties: ['msg', 'reqId'] },
      { formatter: (record) => JSON.stringify({ msg: record.message, reqId: record.get('reqId') }) },
    ],
  ]
  for (const [name, theirs, ours] of translations) {
    it(`so do the translated options: ${name}`, async (t) => {
      const { address, ended } = await startReceiver(t)
      const common = { socktype: 'tcp', protocol: 'rfc3164', ident: 'shop', facility: 'local0' } as const
      const handler = syslog({ address: ['127.0.0.1', address.port ?? 0], ...common, ...ours })

      handler.end(lines.join(''))

      const [received] = await ended(1)
      const messages = lines.map(theirMessages({ appname: 'shop', newline: true, ...theirs }))
      assert.equal(String(received?.data).replaceAll('.123Z', 'Z'), messages.join(''))
      assertBalanced(handler.stats)
    })
  }

  it("an unknown level has no priority in pino-syslog, and 'emergency' is an error", () => {
    const customLevels = { audit: { level: 45, syslogSeverity: 'emergency' } }

    const unknown = theirMessages({})(line('x', { level: 35 }))
    const emergency = theirMessages({ customLevels })(line('x', { level: 45 }))

    assert.deepEqual([unknown.slice(0, 6), emergency.slice(0, 6)], ['<NaN>1', '<131>1'])
  })
})

/** What a program of the page sends to the server that it names. */
async function sent(t: Parameters<typeof startReceiver>[0], program: ShownProgram): Promise<string> {
  const server = await startReceiver(t)
  const replace = { 'logs.example': '127.0.0.1', '514': String(server.address.port), ...program.replace }
  const dir = await runShown(t, { ...program, replace })
  if (program.having === '@pino-handlers') assertBooks(dir)
  const [received] = await server.ended(1)
  return String(received?.data)
}

interface TheirOptions {
  readonly modern?: boolean
  readonly [option: string]: unknown
}

type Builder = (options: object) => (record: unknown) => string

/** What pino-syslog makes of a line. */
function theirMessages(options: TheirOptions): (line: string) => string {
  const load = createRequire(import.meta.url)
  const { buildOptions } = load('pino-syslog/lib/utils.js') as { buildOptions: (options: object) => object }
  const module = `pino-syslog/lib/${options.modern === false ? 'rfc3164' : 'rfc5424'}.js`
  const { messageBuilderFactory } = load(module) as { messageBuilderFactory: Builder }
  const message = messageBuilderFactory(buildOptions(options))
  return (line) => message(JSON.parse(line))
}
