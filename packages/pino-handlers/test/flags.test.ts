// Every option of every handler as a flag: what reaches the factory, and of which type.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { OptionTable } from '@pino-handlers/core'
import { handlers } from '../../../test/handlers.js'
import { onWindows } from '../../../test/support/platform.js'
import { SuiteScope } from '../../../test/support/suite-scope.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { configOf } from './fake-io.js'

type Sample = readonly [texts: readonly string[], value: unknown]

// The check of the option makes it.
const scope = new SuiteScope()
after(() => scope.end())
const deadLetter = join(tempDir(scope), 'dead.ndjson')

// By what an option accepts, in its own words.
const SAMPLES: readonly (readonly [expected: RegExp, ...samples: Sample[]])[] = [
  [/^true or false$/, [[], true], [['true'], true], [['false'], false]],
  [/^true, false, or an object/, [[], true], [['false'], false], [['{"servername":"a"}'], { servername: 'a' }]],
  [/integer|^a whole number/, [['7'], 7]],
  [/^a number of seconds|^a number, 1 or more/, [['2.5'], 2.5]],
  [/^a number of bytes/, [['10MB'], '10MB'], [['1000'], 1000]],
  [/^a level number/, [['35'], 35], [['warn'], 'warn']],
  [/^a (non-empty )?string/, [['42'], '42'], [['true'], 'true']],
  [/^permission bits/, [['640'], '640'], [['0o640'], 0o640], [['0640'], '0640']],
  // There a path is that of a pipe, which the host in BASE is not.
  [/^a port/, [['514'], 514], ...(onWindows ? [] : [[['null'], null] satisfies Sample])],
  [/^a path \(string/, [['7'], '7'], [['logs/app.log'], 'logs/app.log']],
  [/^a path with/, [['/log'], '***']],
  [/^a host name/, [['127.0.0.1'], '127.0.0.1']],
  [
    /, or \[host, port\]$/,
    [
      ['a', '25'],
      ['a', 25],
    ],
  ],
  [
    /^\[host, port\]/,
    [
      ['::1', '514'],
      ['::1', 514],
    ],
    [['["a",514]'], ['a', 514]],
  ],
  [/^'utf-8'/, [['latin1'], 'latin1']],
  [/^'stderr'/, [['stdout'], 'stdout'], [['3'], 3]],
  [/^one of 'auth'/, [['local0'], 'local0'], [['3'], 3]],
  [/^'S', 'M'/, [['W0'], 'W0'], [['midnight'], 'midnight']],
  [/^a time of day/, [['23:59'], '23:59'], [['null'], null]],
  [/^a time zone/, [['Europe/Berlin'], 'Europe/Berlin']],
  [/^'Application'/, [['System'], 'System']],
  [/^the path of a file/, [[deadLetter], deadLetter]],
  [/^an address such/, [['app@example.com'], 'app@example.com']],
  [
    /^an address or/,
    [['a@example.com'], 'a@example.com'],
    [
      ['a@x.org', 'b@x.org'],
      ['a@x.org', 'b@x.org'],
    ],
  ],
  [/^a text, or a format/, [['%(levelname)s'], '%(levelname)s']],
  [/^a logger name/, [['app.db'], 'app.db']],
  [/^'none' \| 'starttls'/, [['starttls'], 'starttls']],
  [
    /^\[user(name)?, password\]/,
    [
      ['a', 'b'],
      ['***', '***'],
    ],
  ],
]

// They need objects, lists or modules, which tests of their own have.
const NO_SCALAR = /^an object|^a function|^a queue|^a list|^\{ target/

// Required ones, those that others depend on, and those that make the sample stand.
const BASE: Readonly<Record<string, readonly string[]>> = {
  datagram: ['--host=127.0.0.1', '--port=9'],
  http: ['--host=127.0.0.1', '--format=json', '--secure'],
  memory: ['--capacity=5'],
  'nt-eventlog': ['--appname=a'],
  null: [],
  queue: ['--queue.type=memory', '--queue.name=flags'],
  'queue-listener': ['--handlers=[{"target":"@pino-handlers/null"}]'],
  smtp: ['--mailhost=a', '--fromaddr=a@example.com', '--toaddrs=b@example.com', '--subject=s'],
  socket: ['--host=127.0.0.1', '--port=9'],
  stream: [],
  syslog: ['--socktype=tls', '--protocol=rfc5424'],
}

// Options that what stands in BASE excludes.
const ALONE: Readonly<Record<string, readonly string[]>> = { preset: ['--host=127.0.0.1'] }

describe('flags', () => {
  for (const { name } of handlers) {
    it(`reaches ${name} with every scalar option in its type`, async () => {
      const { options }: { options: OptionTable } = await import(`@pino-handlers/${name}`)
      const base = BASE[name] ?? ['--filename=app.log']
      const results: Record<string, unknown> = {}
      const wanted: Record<string, unknown> = {}
      for (const [option, { expected }] of Object.entries(options)) {
        if (NO_SCALAR.test(expected)) continue
        for (const [texts, value] of samplesOf(expected)) {
          const flag = `--${option.replaceAll(/([a-z\d])([A-Z]+)/g, '$1-$2').toLowerCase()}`
          const others = (ALONE[option] ?? base).filter((each) => !isFlag(each, flag))
          const args = texts.length === 0 ? [flag] : texts.flatMap((text) => [flag, text])
          const label = args.join(' ')
          wanted[label] = value
          results[label] = await configOf([name, ...others, ...args]).then(
            (config) => config[option],
            (error) => String(error),
          )
        }
      }
      assert.deepEqual(results, wanted)
    })
  }
})

function samplesOf(expected: string): readonly Sample[] {
  const [, ...samples] = SAMPLES.find(([pattern]) => pattern.test(expected)) ?? [undefined]
  if (samples.length > 0) return samples
  const [, choice] = /^'([^']+)' \|/.exec(expected) ?? []
  if (choice === undefined) throw new Error(`there is no sample for: ${expected}`)
  return [[[choice], choice]]
}

function isFlag(arg: string, flag: string): boolean {
  return arg === flag || arg.startsWith(`${flag}=`) || arg.startsWith(`${flag}.`)
}
