// What is true of every queue.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { QueueBatch } from '@pino-handlers/core/queue'
import { tempDir } from '../../../test/support/temp-dir.js'
import { batchesOf, closedAfter, NEVER, putUntilTaken, type QueueKind, takeAll } from './queue-kinds.js'

const idsOf = (batches: readonly { readonly id: string }[]): readonly string[] => batches.map(({ id }) => id)

/** Tests whether a kind of queue is one. */
export function queueContract(kind: QueueKind): void {
  describe(kind.name, { skip: kind.skip ?? false }, () => {
    before(() => kind.start?.())
    after(() => kind.stop?.())

    it('gives out what was put in, as it was', async (t) => {
      const { producer, consumer } = closedAfter(t, kind.create(tempDir(t)))
      const batches = [...batchesOf('größe', '{"msg":"größe 😀 \u2028"}', ''), { id: 'two', data: 'a\nb\n', count: 2 }]

      const taking = takeAll(consumer(), 3)
      await putUntilTaken(producer(), batches)

      assert.deepEqual(await taking, batches)
    })

    it('keeps the order of each one who puts', async (t) => {
      const { producer, consumer } = closedAfter(t, kind.create(tempDir(t)))
      const names = ['a', 'b', 'c']
      const batchesFrom = (name: string): QueueBatch[] =>
        batchesOf(name, ...Array.from({ length: 40 }, (_, n) => String(n)))
      const putAll = async (name: string): Promise<void> => {
        const queue = producer()
        const batches = batchesFrom(name)
        for (let at = 0; at < batches.length; at += 4) await putUntilTaken(queue, batches.slice(at, at + 4))
      }

      const taking = takeAll(consumer(), 120)
      await Promise.all(names.map(putAll))

      const taken = await taking
      assert.deepEqual(
        names.map((name) => taken.filter(({ id }) => id.startsWith(name))),
        names.map(batchesFrom),
      )
    })

    it('gives out everything, however fast it is taken', async (t) => {
      const { producer, consumer } = closedAfter(t, kind.create(tempDir(t)))
      const batches = batchesOf('a', ...Array.from({ length: 1000 }, (_, n) => String(n)))

      const taking = takeAll(consumer(), batches.length)
      const sender = producer()
      for (let at = 0; at < batches.length; at += 50) await putUntilTaken(sender, batches.slice(at, at + 50))

      assert.deepEqual(idsOf(await taking), idsOf(batches))
    })

    it(`settles a put ${kind.puts}`, async (t) => {
      const { producer, consumer } = closedAfter(t, kind.create(tempDir(t)))
      const taker = consumer()
      const events: string[] = []

      const taking = takeAll(taker, 1, false)
      const putting = putUntilTaken(producer(), batchesOf('a', 'one')).then(() => events.push('settled'))
      const batches = await taking
      if (kind.puts === 'until safe') await putting
      events.push('acknowledged')
      await taker.acknowledge(batches)
      await putting

      const order = ['settled', 'acknowledged']
      assert.deepEqual(events, kind.puts === 'until safe' ? order : order.reverse())
    })

    it('gives out again, to the next, what was taken and not acknowledged', async (t) => {
      const { producer, consumer } = closedAfter(t, kind.create(tempDir(t)))
      const batches = batchesOf('a', 'one', 'two', 'three')
      const first = consumer()

      const taking = takeAll(first, 3, false)
      const putting = putUntilTaken(producer(), batches)
      const before = await taking
      await first.acknowledge(before.slice(0, 1))
      await first.close(NEVER)
      const second = consumer()
      const after: string[] = []
      // Those who put all of it again put again what was acknowledged as well.
      while (!['a-1', 'a-2'].every((id) => after.includes(id))) {
        const more = await second.take(NEVER)
        await second.acknowledge(more)
        after.push(...idsOf(more))
      }
      await putting

      const again = after.filter((id) => id !== 'a-0')
      assert.deepEqual([before, kind.shuffles ? again.sort() : again], [batches, ['a-1', 'a-2']])
    })

    it('does not give out twice what is taken', async (t) => {
      const { producer, consumer } = closedAfter(t, kind.create(tempDir(t)))
      const taker = consumer()
      const sender = producer()

      const taking = takeAll(taker, 2, false)
      const putting = putUntilTaken(sender, batchesOf('a', 'one', 'two'))
      const taken = [...(await taking)]
      const nothing = await taker.take(AbortSignal.abort())
      await taker.acknowledge(taken)
      await putting
      const more = takeAll(taker, 1)
      await putUntilTaken(sender, batchesOf('b', 'three'))

      assert.deepEqual([idsOf(taken), nothing, idsOf(await more)], [['a-0', 'a-1'], [], ['b-0']])
    })

    it('lets a taker wait, until it aborts', async (t) => {
      const { consumer } = closedAfter(t, kind.create(tempDir(t)))
      const over = new AbortController()

      const taking = consumer().take(over.signal)
      setImmediate(() => over.abort())

      assert.deepEqual(await taking, [])
    })

    it('takes a batch of 5 MB', async (t) => {
      const { producer, consumer } = closedAfter(t, kind.create(tempDir(t)))
      const batches = batchesOf('a', `${'x'.repeat(5_000_000)}ß`, 'behind it')

      const taking = takeAll(consumer(), 2)
      await putUntilTaken(producer(), batches)

      assert.ok((await taking).every(({ id, data }, index) => id === `a-${index}` && data === batches[index]?.data))
    })

    it('settles a put of nothing', async (t) => {
      const { producer, consumer } = closedAfter(t, kind.create(tempDir(t)))

      const taking = takeAll(consumer(), 1)
      const sender = producer()
      await sender.put([], NEVER)
      await putUntilTaken(sender, batchesOf('a', 'one'))

      assert.deepEqual(await taking, batchesOf('a', 'one'))
    })

    it('is closed once and for all', async (t) => {
      const { producer, consumer } = kind.create(tempDir(t))
      const [sender, taker] = [producer(), consumer()]

      const taking = takeAll(taker, 1)
      await putUntilTaken(sender, batchesOf('a', 'one'))
      await taking
      for (const queue of [sender, taker, taker, sender]) await queue.close(NEVER)
      const outcomes = await Promise.allSettled([
        (async () => await sender.put(batchesOf('b', 'two'), NEVER))(),
        (async () => await taker.take(NEVER))(),
      ])

      assert.deepEqual(
        outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.message : outcome.value)),
        ['the queue is closed', 'the queue is closed'],
      )
    })

    it('lets go of a put when time is up', async (t) => {
      const { producer } = closedAfter(t, kind.create(tempDir(t)))
      const over = new AbortController()

      const putting = putUntilTaken(producer(), batchesOf('a', 'one'), over.signal)
      setImmediate(() => over.abort())
      const [outcome] = await Promise.allSettled([putting])

      assert.equal(outcome.status, kind.puts === 'until safe' && !kind.isRemote ? 'fulfilled' : 'rejected')
    })
  })
}
