import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import * as zlib from 'node:zlib'
import {
  type Compression,
  Compressor,
  type CompressorOptions,
  compressionCheck,
  finishLeftovers,
} from '@pino-handlers/core/rotation'
import type { CompressorApp } from '../../../test/fixtures/compressor-app.js'
import { bundledFixture } from '../../../test/support/bundled-fixture.js'
import { KILLED, unixOnly } from '../../../test/support/platform.js'
import { runFixture } from '../../../test/support/run-node.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'

const isPlain = (name: string): boolean => /^app\.log\.\d+$/.test(name)
const plain = (folder: string): string[] =>
  readdirSync(folder)
    .filter(isPlain)
    .map((name) => join(folder, name))

/** A compressor of the backups in a folder, and what it could not do. */
function create(
  folder: string,
  options: Partial<CompressorOptions> = {},
): { compressor: Compressor; failures: string[] } {
  const failures: string[] = []
  const onFailure = ({ message }: Error): unknown => failures.push(message.replaceAll(folder, '').replaceAll('\\', '/'))
  const current = (): string[] => plain(folder)
  const compressor = new Compressor({ compression: 'gzip', base: 'app.log', current, onFailure, ...options })
  return { compressor, failures }
}

/** The files in a folder with their texts, also of those that are compressed. */
function texts(folder: string): Record<string, string> {
  const text = (name: string, read: string): string => (name.endsWith('.gz') ? gunzip(join(folder, name)) : read)
  return Object.fromEntries(Object.entries(files(folder)).map(([name, read]) => [name, text(name, read)]))
}

function gunzip(path: string): string {
  return zlib.gunzipSync(readFileSync(path)).toString()
}

/** Does something the first time that a file is about to be read or synced. */
async function at(t: TestContext, method: 'read' | 'sync', action: () => void): Promise<void> {
  const handle = await open(process.execPath)
  const prototype: FileHandle = Object.getPrototypeOf(handle)
  await handle.close()
  const original = Reflect.get(prototype, method)
  const mock = t.mock.method(prototype, method, function (this: FileHandle, ...args: unknown[]) {
    mock.mock.restore()
    action()
    return Reflect.apply(original, this, args)
  })
}

function noSpace(): never {
  throw Object.assign(new Error('ENOSPC: made up, fsync'), { code: 'ENOSPC' })
}

describe('compressionCheck', () => {
  it('takes what this Node can do, and says in clear words what it cannot', () => {
    const parse = (value: unknown): unknown => {
      try {
        return compressionCheck.parse(value, {})
      } catch (error) {
        return String(error).replace(process.version, 'vX')
      }
    }

    assert.deepEqual(['gzip', 'brotli', 'zip', true, 'zstd'].map(parse), [
      'gzip',
      'brotli',
      undefined,
      undefined,
      'createZstdCompress' in zlib
        ? 'zstd'
        : "Error: cannot be 'zstd' here: Node vX does not have it in node:zlib, 22.15 and newer do",
    ])
  })
})

describe('Compressor', () => {
  const ways: [Compression, string, string][] = [
    ['gzip', '.gz', 'gunzipSync'],
    ['brotli', '.br', 'brotliDecompressSync'],
    ['zstd', '.zst', 'zstdDecompressSync'],
  ]
  for (const [compression, ending, decompress] of ways) {
    const skip = decompress in zlib ? false : 'not in this Node'
    it(`replaces a file by one that is as old and as private: ${compression}`, { skip }, async (t) => {
      const folder = tempDir(t)
      const text = 'a line of some length\n'.repeat(50_000)
      writeFileSync(join(folder, 'app.log.1'), text, { mode: 0o600 })
      utimesSync(join(folder, 'app.log.1'), 1e9, 1e9)
      const { compressor, failures } = create(folder, { compression })

      compressor.add(join(folder, 'app.log.1'))
      await compressor.idle()

      const { mode, mtimeMs } = statSync(join(folder, `app.log.1${ending}`))
      const bytes = Reflect.get(zlib, decompress)(readFileSync(join(folder, `app.log.1${ending}`)))
      assert.equal(bytes.toString(), text)
      assert.deepEqual([readdirSync(folder), failures, mtimeMs], [[`app.log.1${ending}`], [], 1e12])
      if (process.platform !== 'win32') assert.equal(mode & 0o777, 0o600)
    })
  }

  it('finds a file again that was renamed before its turn and while it was compressed', async (t) => {
    const folder = tempDir(t)
    for (const name of ['app.log.1', 'app.log.2']) writeFileSync(join(folder, name), name)
    const shift = (): void => {
      for (const n of [3, 2, 1]) {
        for (const ending of ['', '.gz']) {
          const [from, to] = [`app.log.${n}${ending}`, `app.log.${n + 1}${ending}`]
          if (readdirSync(folder).includes(from)) renameSync(join(folder, from), join(folder, to))
        }
      }
    }
    await at(t, 'sync', shift)
    const { compressor } = create(folder)

    for (const n of [2, 1, 2]) compressor.add(join(folder, `app.log.${n}`))
    shift()
    await compressor.idle()

    assert.deepEqual(texts(folder), { 'app.log.3.gz': 'app.log.1', 'app.log.4.gz': 'app.log.2' })
  })

  const skip = unixOnly('a file that is open keeps its name there')
  it('leaves nothing of a file that was deleted before its turn or while it was compressed', { skip }, async (t) => {
    const folder = tempDir(t)
    for (const name of ['app.log.1', 'app.log.2']) writeFileSync(join(folder, name), name)
    await at(t, 'sync', () => rmSync(join(folder, 'app.log.2')))
    const { compressor, failures } = create(folder)

    for (const n of [3, 2, 1]) compressor.add(join(folder, `app.log.${n}`))
    rmSync(join(folder, 'app.log.1'))
    await compressor.idle()

    assert.deepEqual([files(folder), failures], [{}, []])
  })

  it('leaves a file plain that cannot be compressed, says so, and goes on with the next', async (t) => {
    const folder = tempDir(t)
    for (const name of ['app.log.1', 'app.log.2', 'app.log.3']) writeFileSync(join(folder, name), name)
    writeFileSync(join(folder, 'app.log.2.gz'), zlib.gzipSync('not ours'))
    await at(t, 'sync', noSpace)
    const { compressor, failures } = create(folder)

    for (const n of [3, 2, 1]) compressor.add(join(folder, `app.log.${n}`))
    await compressor.idle()

    const expected = {
      'app.log.1.gz': 'app.log.1',
      'app.log.2': 'app.log.2',
      'app.log.2.gz': 'not ours',
      'app.log.3': 'app.log.3',
    }
    assert.deepEqual(texts(folder), expected)
    assert.deepEqual(failures, [
      "cannot compress '/app.log.3': ENOSPC: made up, fsync; it stays as it is",
      "cannot compress '/app.log.2': '/app.log.2.gz' exists already; it stays as it is",
    ])
  })

  it('leaves everything plain when it is aborted', async (t) => {
    const folder = tempDir(t)
    for (const name of ['app.log.1', 'app.log.2']) writeFileSync(join(folder, name), name)
    const { compressor, failures } = create(folder)
    await at(t, 'read', () => compressor.abort())

    for (const n of [2, 1]) compressor.add(join(folder, `app.log.${n}`))
    await compressor.idle()
    compressor.add(join(folder, 'app.log.1'))
    await compressor.idle()

    assert.deepEqual([files(folder), failures], [{ 'app.log.1': 'app.log.1', 'app.log.2': 'app.log.2' }, []])
  })

  it('waits until a file grows no more, also while it is compressed', async (t) => {
    const folder = tempDir(t)
    const path = join(folder, 'app.log.1')
    writeFileSync(path, 'one ')
    let looks = 0
    const current = (): string[] => {
      if (++looks === 2) appendFileSync(path, 'two ')
      return plain(folder)
    }
    await at(t, 'sync', () => appendFileSync(path, 'three'))
    const { compressor, failures } = create(folder, { settleTime: 0.02, current })

    compressor.add(path)
    await compressor.idle()

    assert.deepEqual([texts(folder), failures], [{ 'app.log.1.gz': 'one two three' }, []])
  })

  it('keeps what is written to a file that should be finished', async (t) => {
    const folder = tempDir(t)
    writeFileSync(join(folder, 'app.log.1'), 'one ')
    await at(t, 'sync', () => appendFileSync(join(folder, 'app.log.1'), 'two'))
    const { compressor, failures } = create(folder)

    compressor.add(join(folder, 'app.log.1'))
    await compressor.idle()

    assert.deepEqual(files(folder), { 'app.log.1': 'one two' })
    assert.deepEqual(failures, ["cannot compress '/app.log.1': it was written to meanwhile; it stays as it is"])
  })

  it('replaces a file only when it may', async (t) => {
    const folder = tempDir(t)
    writeFileSync(join(folder, 'app.log.1'), 'text')
    const answers = [false, true]
    const exclusively = (action: () => void): boolean => {
      const isFree = answers.shift() ?? false
      if (isFree) action()
      return isFree
    }
    const { compressor } = create(folder, { exclusively })

    compressor.add(join(folder, 'app.log.1'))
    await compressor.idle()

    assert.deepEqual([texts(folder), answers], [{ 'app.log.1.gz': 'text' }, []])
  })

  it('finishes at close what has settled, and does not wait for the rest', async (t) => {
    const folder = tempDir(t)
    const settled = tempDir(t)
    for (const each of [folder, settled]) writeFileSync(join(each, 'app.log.1'), 'text')
    const waiting = create(folder, { settleTime: 60 })
    const working = create(settled)

    for (const [each, { compressor }] of [
      [folder, waiting],
      [settled, working],
    ] as const) {
      compressor.add(join(each, 'app.log.1'))
      await compressor.close(AbortSignal.timeout(60_000))
    }

    assert.deepEqual([texts(folder), texts(settled)], [{ 'app.log.1': 'text' }, { 'app.log.1.gz': 'text' }])
    assert.deepEqual([waiting.failures, working.failures], [[], []])
  })

  it('lets a process end that has nothing else to do', async (t) => {
    const folder = tempDir(t)
    mkdirSync(join(folder, 'incoming'))
    for (const n of [1, 2]) writeFileSync(join(folder, `app.log.${n}`), 'text')

    const { code, stderr } = await runFixture(
      'compressor-app',
      { folder, killAt: 0, settleTime: 60, waits: false },
      5000,
    )

    assert.deepEqual([code, stderr, plain(folder).length], [0, '', 2])
  })
})

describe('finishLeftovers', () => {
  it('removes temporary files of dead processes and plain files that are compressed, and nothing else', async (t) => {
    const folder = tempDir(t)
    const { pid } = spawnSync(process.execPath, ['--version'])
    writeFileSync(join(folder, 'app.log.1'), 'text')
    let live = ''
    await at(t, 'sync', () => {
      live = readdirSync(folder).find((name) => name.includes('tmp')) ?? ''
    })
    const { compressor } = create(folder)
    compressor.add(join(folder, 'app.log.1'))
    await compressor.idle()
    const dead = live.replace(/(?<=^app\.log\.)\d+/, String(pid))
    const kept = [
      live,
      `my-${dead}`,
      `${dead}.1`,
      dead.replace('app.log', 'app_log'),
      'app.log',
      'app.log.4',
      'app.log.5',
    ]
    for (const name of [dead, 'app.log.1', 'app.log.4.gz', ...kept]) writeFileSync(join(folder, name), name)
    const { atime, mtime } = statSync(join(folder, 'app.log.1.gz'))
    utimesSync(join(folder, 'app.log.1'), atime, mtime)
    // Made of something else.
    utimesSync(join(folder, 'app.log.4.gz'), 1, 1)

    const rest = finishLeftovers(folder, 'app.log', isPlain)

    assert.match(live, /^app\.log\.\d+-\d+-\w{8}-\w{8}\.tmp-gz$/)
    assert.deepEqual(rest.sort(), [join(folder, 'app.log.4'), join(folder, 'app.log.5')])
    assert.deepEqual(readdirSync(folder).sort(), ['app.log.1.gz', 'app.log.4.gz', ...kept].sort())
  })
})

describe('Compressor in a process that is killed', () => {
  const logs = [1, 2, 3, 4, 5, 6].map((log) => {
    const line = (n: number): string => `log ${log} line ${n} ${Math.imul(n + log, 2654435761) >>> 0}\n`
    return Array.from({ length: 5_000 }, (_, n) => line(n)).join('')
  })

  function prepare(t: TestContext): string {
    const folder = tempDir(t)
    mkdirSync(join(folder, 'incoming'))
    for (const [index, text] of logs.entries()) {
      writeFileSync(index < 3 ? join(folder, `app.log.${index + 1}`) : join(folder, 'incoming', `${index}`), text)
    }
    return folder
  }

  // Which logs are there, plain or compressed; those that are not complete count as -1.
  function logsIn(folder: string): number[] {
    const names = readdirSync(folder).filter((name) => name !== 'incoming' && !name.includes('tmp'))
    const read = (name: string): string =>
      name.endsWith('.gz') ? gunzip(join(folder, name)) : readFileSync(join(folder, name), 'utf8')
    const incoming = readdirSync(join(folder, 'incoming')).map((name) => join('incoming', name))
    return [...names, ...incoming].map((name) => logs.indexOf(read(name))).sort()
  }

  it('loses nothing and keeps nothing twice, at 50 steps of its work', async (t) => {
    const run = await bundledFixture<CompressorApp>(t, 'compressor-app')
    const whole = await run({ folder: prepare(t), killAt: 0, settleTime: 0, waits: true })
    const steps = Number(whole.stdout)
    assert.ok(steps > 50, `${steps} steps: ${whole.stderr}`)
    // Each fiftieth of the work, and in it one of its steps by a generator with a fixed seed.
    let random = 20171014
    const next = (): number => {
      random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff
      return random / 0x80000000
    }
    const killAts = Array.from({ length: 50 }, (_, n) => 1 + Math.floor(((n + next()) * steps) / 50))

    const one = async (killAt: number): Promise<void> => {
      const folder = prepare(t)
      const { signal, stderr } = await run({ folder, killAt, settleTime: 0, waits: true })
      assert.deepEqual([signal, stderr], [KILLED, ''], `step ${killAt} of ${steps}`)
      assert.deepEqual([...new Set(logsIn(folder))], [0, 1, 2, 3, 4, 5], `killed at step ${killAt} of ${steps}`)

      const { compressor, failures } = create(folder)
      for (const path of finishLeftovers(folder, 'app.log', isPlain)) compressor.add(path)
      await compressor.idle()

      assert.deepEqual([failures, logsIn(folder)], [[], [0, 1, 2, 3, 4, 5]], `after step ${killAt} of ${steps}`)
      const names = readdirSync(folder).filter((name) => !/^(incoming|app\.log\.\d\.gz)$/.test(name))
      assert.deepEqual(names, [], `after step ${killAt} of ${steps}`)
      rmSync(folder, { recursive: true })
    }
    const worker = async (): Promise<void> => {
      for (let killAt = killAts.pop(); killAt !== undefined; killAt = killAts.pop()) await one(killAt)
    }
    await Promise.all([worker(), worker(), worker()])
  })
})
