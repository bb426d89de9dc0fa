// Where options come from, how they are written, and what is said about wrong ones.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { levelCheck } from '@pino-handlers/core'
import { onWindows } from '../../../test/support/platform.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { configOf, runHere } from './fake-io.js'

const FILE = ['file', '--filename', 'app.log']

function configFile(t: TestContext, config: unknown): string {
  const path = join(tempDir(t), 'log.json')
  writeFileSync(path, JSON.stringify(config))
  return path
}

describe('options', () => {
  it('takes names in kebab-case, camelCase and snake_case, with = and without', async () => {
    const args = [
      'rotating-file',
      '--filename=a=b.log',
      '--maxBytes',
      '1KB',
      '--backup_count=3',
      '--no-mkdir',
      '--delay',
    ]
    assert.deepEqual(await configOf(args), {
      filename: 'a=b.log',
      maxBytes: '1KB',
      backupCount: 3,
      mkdir: false,
      delay: true,
    })
  })

  it('takes noDelay for itself, not for delay that is false', async () => {
    const socket = ['socket', '--host=a', '--port=1']
    const found = await Promise.all([
      configOf([...socket, '--no-delay']),
      configOf([...socket, '--no-no-delay']),
      configOf([...FILE, '--no-delay']),
    ])
    assert.deepEqual(
      found.map(({ noDelay, delay }) => ({ noDelay, delay })),
      [
        { noDelay: true, delay: undefined },
        { noDelay: false, delay: undefined },
        { noDelay: undefined, delay: false },
      ],
    )
  })

  it('puts dotted flags into objects, each entry as text or as JSON by what the option takes', async () => {
    const flags = [
      '--formatter.fmt',
      '5',
      '--formatter.validate',
      'false',
      '--formatter.utc',
      '--custom-levels.notice=35',
    ]
    const { formatter, customLevels } = await configOf([...FILE, ...flags])
    assert.deepEqual(
      { formatter, customLevels },
      { formatter: { fmt: '5', validate: false, utc: true }, customLevels: { notice: 35 } },
    )
  })

  it('reads a value by the other options: a path as host needs port null, a label needs customLevels', async () => {
    const host = onWindows ? String.raw`\\.\pipe\log` : '/run/log.sock'
    assert.deepEqual(await configOf(['socket', '--host', host, '--port', 'null']), { host, port: null })
    const { level } = await configOf([...FILE, '--level', 'notice', '--custom-levels', '{"notice":35}'])
    assert.equal(level, 'notice')
  })

  it('prefers flags to the environment and that to the file, and merges entries of objects', async (t) => {
    const path = configFile(t, {
      handler: 'rotating-file',
      filename: 'file.log',
      maxBytes: 1,
      backupCount: 1,
      formatter: { fmt: 'x', utc: true },
    })
    const env = { PINO_HANDLERS_OPT_MAX_BYTES: '2MB', PINO_HANDLERS_OPT_BACKUP_COUNT: '2' }
    const args = ['--config', path, '--backup-count', '3', '--formatter.fmt', '%(message)s']
    assert.deepEqual(await configOf(args, env), {
      filename: 'file.log',
      maxBytes: '2MB',
      backupCount: 3,
      formatter: { fmt: '%(message)s', utc: true },
    })
  })

  it('calls each wrong option as it was given', async (t) => {
    const wrong = configFile(t, { filename: 'a.log', bufferSize: 'much' })
    const unknown = configFile(t, { filename: 'a.log', bufferSiz: 1 })
    const notJson = join(tempDir(t), 'missing.json')
    const runs = [
      [['fil'], {}],
      [['TimedRotatingFileHandler'], {}],
      [['file'], {}],
      [[...FILE, '--buffer-siz', '1'], {}],
      [[...FILE, '--buffer-size', 'much'], {}],
      [[...FILE, '--buffer-size'], {}],
      [[...FILE, '--terminator', '--'], {}],
      [[...FILE, 'stray'], {}],
      [[...FILE, '--no-filename=x'], {}],
      [[...FILE, '--te'], {}],
      [[...FILE, '--tee=yes'], {}],
      [[...FILE, '--formatter', 'x.js', '--formatter.fmt', 'x'], {}],
      [[...FILE, '--grace', 'long'], {}],
      [[...FILE, '--wrap-level', 'loud'], {}],
      [FILE, { PINO_HANDLERS_OPT_BUFFER_SIZE: 'much' }],
      [FILE, { PINO_HANDLERS_OPT_BUFFER_SIZ: '1' }],
      [['file', '--config', wrong], {}],
      [['file', '--config', unknown], {}],
      [['file', '--config', unknown, '--print-config'], {}],
      [['socket', '--config', configFile(t, { handler: 'file' })], {}],
      [['file', '--config', configFile(t, [])], {}],
      [['--config', configFile(t, {})], {}],
      [['file', '--config', notJson], {}],
      [['file', '--config'], {}],
    ] as const
    const said = await Promise.all(runs.map(([args, env]) => runHere(args, [], env)))
    const level = `must be ${levelCheck.expected}`
    const size = "must be a number of bytes, or a size such as '10MB' or '10MiB', got 'much'"
    assert.deepEqual(
      said.map(({ code, stdout, stderr }) => {
        const text = stderr.replaceAll(/\S*[/\\]pino-handlers-\w+[/\\]/g, '').replace(/: ENOENT.*/, ': ENOENT')
        return code === 2 && stdout === '' ? text.replace(/^pino-handlers: /, '').trimEnd() : { code, stdout }
      }),
      [
        'there is no handler "fil"; did you mean file?',
        'there is no handler "TimedRotatingFileHandler"; did you mean timed-rotating-file?',
        '--filename is required: a path (string, Buffer or file: URL)',
        'unknown option --buffer-siz; did you mean --buffer-size?',
        `--buffer-size ${size}`,
        '--buffer-size needs a value',
        '--terminator needs a value; one that begins with -- is given as --terminator=--',
        'unexpected "stray": options begin with --',
        '--no-filename takes no value',
        'unknown option --te; did you mean --tee?',
        '--tee takes no value',
        '--formatter is given as a whole and by its entries',
        '--grace must be a number of seconds, 0 or more, got "long"',
        `--wrap-level ${level}, got "loud"`,
        `PINO_HANDLERS_OPT_BUFFER_SIZE ${size}`,
        'PINO_HANDLERS_OPT_BUFFER_SIZ names no option; did you mean PINO_HANDLERS_OPT_BUFFER_SIZE?',
        `"bufferSize" in log.json ${size}`,
        'unknown option "bufferSiz" in log.json; did you mean "bufferSize"?',
        'unknown option "bufferSiz" in log.json; did you mean "bufferSize"?',
        '--config: log.json is for the handler file, not for socket',
        '--config: log.json is no JSON object',
        'which handler? Name it first, or in the file of --config; see pino-handlers list',
        '--config: missing.json cannot be read: ENOENT',
        '--config needs a value',
      ],
    )
  })
})
