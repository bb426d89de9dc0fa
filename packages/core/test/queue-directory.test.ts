import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { type DirectoryQueueOptions, directoryQueue } from '@pino-handlers/core/queue'
import { tempDir } from '../../../test/support/temp-dir.js'
import { batch, batches, endings, idsOf, NEVER, observe, paths, takeAll } from './queue-directory-kit.js'

describe('directoryQueue', () => {
  it('makes no file before the first put', async (t) => {
    const path = join(tempDir(t), 'spool', 'app')
    const { queue } = observe(t, { path })

    queue.close(NEVER)
    await assert.rejects(async () => queue.put([batch(0)], NEVER), { message: 'the queue is closed' })

    assert.throws(() => readdirSync(path), { code: 'ENOENT' })
  })

  it('makes a directory into which only its user can look, unless mode says otherwise', (t) => {
    if (process.platform === 'win32') return t.skip('Windows has no permission bits')
    const above = join(tempDir(t), 'spool')
    const put = observe(t, { path: join(above, 'put') })
    const taken = observe(t, { path: join(above, 'taken') })
    const shared = observe(t, { path: join(above, 'shared'), mode: '750' })

    put.queue.put([batch(0)], NEVER)
    taken.queue.takeNow?.()
    shared.queue.put([batch(0)], NEVER)

    const modes = ['', 'put', 'taken', 'shared'].map((name) => statSync(join(above, name)).mode & 0o777)
    assert.deepEqual(modes, [0o777 & ~process.umask(), 0o700, 0o700, 0o750 & ~process.umask()])
  })

  it('begins a segment for each segmentBytes, and leaves nothing once all is acknowledged', (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, segmentBytes: 4096 })
    const reader = observe(t, { path })

    for (const each of batches(0, 100)) writer.queue.put([each], NEVER)
    const sizes = paths(path, 'segment').map((segment) => statSync(segment).size)
    writer.queue.close(NEVER)
    const taken = takeAll(reader)
    reader.queue.close(NEVER)

    assert.deepEqual(
      [sizes, taken, endings(path), writer.told, reader.told],
      [
        // 22 of the header, 119 or 120 for each frame, 18 of the end.
        [3990, 4000, 4000, 142],
        batches(0, 100),
        [],
        [],
        [],
      ],
    )
  })

  it('writes the batches of a put at once, to several segments where they do not fit into one', (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, segmentBytes: 4096 })
    const reader = observe(t, { path })

    writer.queue.put(batches(0, 100), NEVER)
    writer.queue.put([batch(100, 3_000_000), batch(101)], NEVER)

    assert.deepEqual(takeAll(reader), [...batches(0, 100), batch(100, 3_000_000), batch(101)])
  })

  it('gives out about 1 MiB at a time', (t) => {
    const path = tempDir(t)
    const { queue } = observe(t, { path })

    queue.put(batches(0, 40, 100_000), NEVER)
    const counts = Array.from({ length: 5 }, () => queue.takeNow?.().length)

    assert.deepEqual(counts, [11, 11, 11, 7, 0])
  })

  it('gives out again what was not acknowledged, whatever was acknowledged behind it', (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, segmentBytes: 4096 })
    writer.queue.put(batches(0, 100), NEVER)
    const first = observe(t, { path })

    const taken = takeAll(first, false)
    first.queue.acknowledge(taken.slice(0, 50))
    first.queue.acknowledge(taken.slice(51))
    first.queue.close(NEVER)
    const segments = endings(path).filter((ending) => ending === 'segment').length
    const again = takeAll(observe(t, { path }))

    // The last of the four segments is still being written, and one other was acknowledged in part.
    assert.deepEqual([segments, idsOf(again)], [2, idsOf(batches(50, 66))])
  })

  it('reads from the start what has a position that is torn', (t) => {
    const path = tempDir(t)
    const { queue } = observe(t, { path })
    queue.put(batches(0, 3), NEVER)
    const first = observe(t, { path })
    const [taken] = takeAll(first, false)
    if (taken) first.queue.acknowledge([taken])
    first.queue.close(NEVER)
    const [position = ''] = paths(path, 'position')
    const whole = readFileSync(position, 'utf8')

    const texts = [
      whole,
      whole.slice(0, 20),
      whole.replace(/\d/, '1'),
      '',
      `${whole}more`,
      'something else\n'.repeat(9),
    ]
    const ids = texts.map((text) => {
      writeFileSync(position, text)
      const next = observe(t, { path })
      const ids = idsOf(takeAll(next, false))
      next.queue.close(NEVER)
      return ids
    })
    const last = observe(t, { path })
    takeAll(last)
    last.queue.close(NEVER)
    const rest = takeAll(observe(t, { path }))

    const all = [0, 1, 2]
    assert.deepEqual([ids, rest], [[[1, 2], all, all, all, all, all], []])
  })

  it('takes in turn from each of those who put', (t) => {
    const path = tempDir(t)
    const writers = [0, 1, 2].map(() => observe(t, { path }))
    const reader = observe(t, { path })

    for (const [index, { queue }] of writers.entries())
      queue.put(batches(index * 100, index * 100 + 20, 100_000), NEVER)
    const firsts = writers.map(() => idsOf(reader.queue.takeNow?.() ?? [])[0])

    assert.deepEqual(new Set(firsts), new Set([0, 100, 200]))
  })

  it('waits for what is put later', async (t) => {
    const path = tempDir(t)
    const reader = observe(t, { path })
    const writer = observe(t, { path })
    const taken: number[] = []

    for (let n = 0; n < 20; n++) {
      const taking = reader.queue.take(NEVER)
      await setImmediate()
      writer.queue.put([batch(n)], NEVER)
      const next = await taking
      reader.queue.acknowledge(next)
      taken.push(...idsOf(next))
    }

    assert.deepEqual(taken, idsOf(batches(0, 20)))
  })

  it('takes the segment of a writer that is silent for long, which begins another one', (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path })
    const reader = observe(t, { path })
    const past = new Date(Date.now() - 11_000)

    const taken = [0, 2, 4].map((n) => {
      writer.queue.put(batches(n, n + 2), NEVER)
      const ids = idsOf(takeAll(reader))
      for (const segment of paths(path, 'segment')) utimesSync(segment, past, past)
      return [ids, takeAll(reader), paths(path, 'segment')]
    })

    assert.deepEqual(taken, [
      [[0, 1], [], []],
      [[2, 3], [], []],
      [[4, 5], [], []],
    ])
  })

  it('lets only one object take, and the next one when that is closed', async (t) => {
    const path = tempDir(t)
    const [first, second] = [observe(t, { path }), observe(t, { path })]
    first.queue.put([batch(0)], NEVER)

    takeAll(first, false)
    const refused = await second.queue.take(NEVER).catch(({ message }) => message)
    first.queue.close(NEVER)
    const taken = await second.queue.take(NEVER)

    const message = `another listener (process ${process.pid}) takes from directory queue '${path}' already`
    assert.deepEqual([refused, taken], [message, [batch(0)]])
  })

  it('lets another one take when a reader has shown no sign of life for long', (t) => {
    const path = tempDir(t)
    const [first, second] = [observe(t, { path }), observe(t, { path })]
    first.queue.put([batch(0)], NEVER)
    takeAll(first, false)
    const past = new Date(Date.now() - 31_000)
    for (const lock of paths(path, 'reader')) utimesSync(lock, past, past)

    assert.deepEqual(takeAll(second), [batch(0)])
  })

  it('puts on the disk before it settles, and again only what it has not', async (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path, fsync: true, segmentBytes: 4096 })
    const reader = observe(t, { path })

    await writer.queue.put(batches(0, 50), NEVER)
    const putting = writer.queue.put(batches(50, 60), NEVER)
    const safe = writer.queue.putNow?.(batches(50, 62))
    await putting
    writer.queue.putNow?.(batches(62, 64))

    assert.deepEqual([safe, idsOf(takeAll(reader))], [12, idsOf(batches(0, 64))])
  })

  it('names the directory that is not there', async (t) => {
    const path = join(tempDir(t), 'missing')
    const { queue } = observe(t, { path, mkdir: false })

    const outcomes = await Promise.allSettled([queue.put([batch(0)], NEVER), queue.take(NEVER)])

    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'rejected' && [outcome.reason.code, outcome.reason.path]),
      [
        ['ENOENT', path],
        ['ENOENT', path],
      ],
    )
  })

  for (const [options, message] of [
    [{}, 'option "path" is required: a non-empty string'],
    [{ path: '' }, 'option "path" must be a non-empty string, got \'\''],
    [
      { path: 'x', maxBytes: 100 },
      "option \"maxBytes\" must be a size of 4 KiB or more: a number of bytes, or a text such as '10MB' or '10MiB', got 100",
    ],
    [{ path: 'x', overflow: 'drop-newest' }, "option \"overflow\" must be 'block' | 'drop-oldest', got 'drop-newest'"],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => directoryQueue(options as DirectoryQueueOptions), { message: `[directoryQueue] ${message}` })
    })
  }
})
