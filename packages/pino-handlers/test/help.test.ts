// What the program says about itself.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { OptionTable } from '@pino-handlers/core'
import { cli } from 'pino-handlers'
import { handlers } from '../../../test/handlers.js'
import { fakeProcess, runHere } from './fake-io.js'

const { version }: { version: string } = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('pino-handlers/package.json'), 'utf8'),
)

describe('help', () => {
  for (const { name } of handlers) {
    it(`says of every option of ${name} what it means, accepts and is by default`, async () => {
      const { options }: { options: OptionTable } = await import(`@pino-handlers/${name}`)
      const { code, stdout } = await runHere([name, '--help'])
      const found = Object.entries(options).filter(([option, { expected, required, default: standard }]) => {
        const flag = `--${option.replaceAll(/([a-z\d])([A-Z]+)/g, '$1-$2').toLowerCase()}`
        const end = required ? '; required' : standard === undefined ? '' : `; default ${JSON.stringify(standard)}`
        return new RegExp(`^ {2}${flag}\n {6}\\S.*\n {6}${escaped(expected + end)}$`, 'm').test(stdout)
      })
      assert.deepEqual({ code, found: found.map(([option]) => option) }, { code: 0, found: Object.keys(options) })
    })
  }

  it('lists every handler with its class in Python and a sentence', async () => {
    const { code, stdout } = await runHere(['list'])
    const rows = stdout.trimEnd().split('\n')
    const names = rows.map(
      (row) => /^(\S+) +\w+Handler? +\S.*\.$|^(queue-listener) +QueueListener +\S.*\.$/.exec(row)?.[0],
    )
    assert.deepEqual(
      { code, names: names.map((row) => row?.split(' ')[0]) },
      { code: 0, names: handlers.map(({ name }) => name) },
    )
  })

  it('breaks lines between words on a terminal, in bold unless NO_COLOR is set', async () => {
    const piped = await runHere(['syslog', '--help'])
    const plain = await fakeProcess(Readable.from([]), { NO_COLOR: '1' }, 60).run(['syslog', '--help'])
    const bold = await fakeProcess(Readable.from([]), {}, 60).run(['syslog', '--help'])
    const words = ({ stdout }: { stdout: string }): string[] => stdout.split(/\s+/)
    const tooLong = plain.stdout.split('\n').filter((line) => line.length >= 60 && / \S* /.test(line.trim()))
    assert.deepEqual([words(plain), tooLong, plain.stdout.includes('](')], [words(piped), [], false])
    assert.equal(stripVTControlCharacters(bold.stdout), plain.stdout)
    assert.notEqual(bold.stdout, plain.stdout)
  })

  it('shows the options of a handler when help is asked for it', async () => {
    assert.deepEqual(await runHere(['help', 'syslog']), await runHere(['syslog', '--help']))
  })

  it('exits with 1 when its answer could not be written', async () => {
    const stderr = new PassThrough()
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space left')) })
    full.on('error', () => {})
    const io = { stdin: Readable.from([]), stdout: full, stderr, env: {}, on: () => {}, off: () => {}, exit: () => {} }

    const code = await cli(['list'], io)

    const told = String(stderr.read())
    assert.deepEqual([code, told], [1, 'pino-handlers: stdout cannot be written: no space left\n'])
  })

  it('tells its version, and how it is called when nothing else is asked', async () => {
    const runs = await Promise.all(
      [['--version'], ['null', '--version'], [], ['--help'], ['help']].map((args) => runHere(args)),
    )
    const [first, second, third, fourth, fifth] = runs.map(({ stdout }) => stdout)
    assert.deepEqual([first, second, third, fifth], [`${version}\n`, `${version}\n`, fourth, fourth])
    assert.match(third ?? '', /^node app \| pino-handlers <handler> \[options\]$/m)
  })
})

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
