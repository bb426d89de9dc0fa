// --check sends one record and says what became of it.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { handlers } from '../../../test/handlers.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { runHere } from './fake-io.js'

const TEXT = 'pino-handlers --check: a record to try this destination'

describe('--check', () => {
  // All are loaded at first: Node 20 does not follow the links to a package after somebody has looked at a Unix socket.
  before(() => Promise.all(handlers.map(({ name }) => runHere([name, '--version']))))

  for (const { name, options, read } of handlers) {
    // Its destination exists on Windows alone.
    if (name === 'nt-eventlog') continue
    it(`delivers a record through ${name}`, async (t) => {
      const dir = tempDir(t)
      const config = join(dir, 'options.json')
      const given = { ...(await options(dir, t)), level: 'warn' }
      writeFileSync(config, JSON.stringify(given))

      const ran = await runHere([name, '--config', config, '--check'])

      const said = name === 'datagram' ? 'sent; whether a datagram arrives, nobody says' : 'delivered'
      assert.deepEqual(ran, { code: 0, stdout: `${name}: ${said}\n`, stderr: '' })
      const lines = (await read?.(dir, 1)) ?? []
      assert.ok(lines.every((line) => line.includes(TEXT)) && (lines.length === 1 || !read), lines.join(''))
    })
  }

  it('says why a record did not arrive', async (t) => {
    const dir = tempDir(t)
    const log = join(dir, 'missing', 'app.log')
    const commands = [
      ['file', '--filename', log],
      ['file', '--filename', join(dir, 'app.log'), '--filter', 'somebody.else'],
      ['null', '--fail-every=1'],
      ...(process.platform === 'win32'
        ? []
        : [
            ['socket', '--host', join(dir, 'nobody.sock'), '--port=null'],
            ['nt-eventlog', '--appname=a'],
          ]),
    ]
    const runs = await Promise.all(commands.map((args) => runHere([...args, '--check'])))
    assert.deepEqual(
      runs.map(({ code, stdout, stderr }) => [
        code,
        stdout.replace(/\n$/, '').replaceAll(dir, '').replaceAll('\\', '/'),
        stderr,
      ]),
      [
        [
          1,
          "file: not delivered: --filename cannot be opened: ENOENT: no such file or directory, open '/missing/app.log'",
          '',
        ],
        [1, 'file: not tried: level or filter keep the record out', ''],
        [1, 'null: not delivered: every 1. record fails, as failEvery asks for', ''],
        ...(process.platform === 'win32'
          ? []
          : [
              [1, 'socket: not delivered: cannot connect to unix:/nobody.sock: connect ENOENT /nobody.sock', ''],
              [1, `nt-eventlog: not delivered: the Windows event log is not on ${process.platform}`, ''],
            ]),
      ],
    )
  })

  it('does not start a file anew', async (t) => {
    const log = join(tempDir(t), 'app.log')
    writeFileSync(log, 'before\n')
    await runHere(['file', '--filename', log, '--mode=w', '--check'])
    const lines = readFileSync(log, 'utf8').split('\n')
    assert.deepEqual([lines[0], lines.length], ['before', 3])
  })

  it('takes a wrong option for wrong, not for an answer', async () => {
    const { code, stderr } = await runHere(['socket', '--host=a', '--port=0', '--check'])
    assert.deepEqual(
      [code, stderr],
      [2, 'pino-handlers: --port must be a port from 1 to 65535, or null when host is a path, got 0\n'],
    )
  })
})
