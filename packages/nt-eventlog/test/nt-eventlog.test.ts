// The handler where there is no Windows event log, and its options.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import ntEventlog, {
  type NtEventlogOptions,
  registerEventSource,
  unregisterEventSource,
} from '@pino-handlers/nt-eventlog'
import { assertBalanced } from '../../../test/support/books.js'
import { numbered } from '../../../test/support/lines.js'
import { runFixture } from '../../../test/support/run-node.js'

const skip = process.platform === 'win32' && 'Windows has the event log'
const MISSING = `the Windows event log is not on ${process.platform}`

describe('ntEventlog on another system', { skip }, () => {
  it('counts what it would have written', async () => {
    const handler = ntEventlog({ appname: 'shop', level: 'warn', onUnsupported: 'silent' })
    for (const each of [...numbered(5), ...numbered(3, { level: 50 })]) handler.write(each)
    const closed = once(handler, 'close')
    handler.end()
    await closed

    assertBalanced(handler.stats)
    const { received, filtered, delivered, state, lastError } = handler.stats
    assert.deepEqual([received, filtered, delivered, state, lastError], [3, 5, 3, 'closed', null])
  })

  for (const where of ['worker', 'in-process']) {
    it(`warns once, and only if it is to (${where})`, async () => {
      const said: string[] = []
      for (const more of [{}, { onUnsupported: 'silent' }, { onError: 'ignore' }]) {
        const options = { appname: 'shop', ...more }
        const { code, stderr } = await runFixture('nt-eventlog-app', { where, options, count: 100, end: 'end' })
        said.push(`${code} ${stderr}`)
      }

      assert.deepEqual(said, [`0 [nt-eventlog] ${MISSING}: records are counted, not written\n`, '0 ', '0 '])
    })
  }

  it('is refused where onUnsupported asks for an error', () => {
    assert.throws(() => ntEventlog({ appname: 'shop', onUnsupported: 'error' }), {
      name: 'HandlerOptionError',
      message: `[nt-eventlog] option "onUnsupported" is 'error', and ${MISSING}`,
    })
  })

  it('has no sources to register', () => {
    const source = { appname: 'shop' }
    for (const call of [registerEventSource, unregisterEventSource]) {
      assert.throws(() => call(source), { message: MISSING })
    }
  })
})

describe('the options of nt-eventlog', () => {
  const type = `types are 'success', 'error', 'warning', 'information', 'audit-success', 'audit-failure' or their numbers`
  const wrong: [unknown, string][] = [
    [{}, '[nt-eventlog] option "appname" is required: a non-empty string without NULs'],
    [{ appname: '' }, `[nt-eventlog] option "appname" must be a non-empty string without NULs, got ''`],
    [{ appname: 'a\0b' }, `[nt-eventlog] option "appname" must be a non-empty string without NULs, got 'a\\x00b'`],
    [
      { appname: 'a', logtype: '' },
      `[nt-eventlog] option "logtype" must be 'Application' | 'System' | 'Security', or the name of a log of your own, got ''`,
    ],
    [
      { appname: 'a', typemap: { warn: 'loud' } },
      `[nt-eventlog] option "typemap" must be an object of levels and event types, such as { notice: 'warning' }; ${type}, got { warn: 'loud' }`,
    ],
    [
      { appname: 'a', onUnsupported: 'explode' },
      `[nt-eventlog] option "onUnsupported" must be 'warn' | 'error' | 'silent', got 'explode'`,
    ],
    [{ appname: 'a', app_name: 'b' }, '[nt-eventlog] unknown option "app_name"; did you mean "appname"?'],
  ]
  for (const [options, message] of wrong) {
    it(`says what is wrong with ${JSON.stringify(options)}`, () => {
      assert.throws(() => ntEventlog(options as NtEventlogOptions), { name: 'HandlerOptionError', message })
    })
  }

  it('are checked for sources too', () => {
    assert.throws(() => registerEventSource({ appname: '' }), {
      message: `[nt-eventlog] option "appname" must be a non-empty string without NULs, got ''`,
    })
  })
})
