import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cutBytes, type Parcel, parcelOf, parcelOfLines } from '@pino-handlers/core'
import { sizePlan } from '@pino-handlers/core/rotation'
import fc from 'fast-check'

describe('sizePlan', () => {
  it('fills files to below the cap, gives a larger record a file of its own, and loses and splits nothing', () => {
    const entry = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `${text.replaceAll('\n', '')}\n`)
    const cap = fc.integer({ min: 1, max: 60 })
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 30 }),
        cap,
        fc.boolean(),
        (entries, maxBytes, linewise) => {
          const parcel = linewise ? parcelOfLines(entries.join(''), entries.length) : parcelOf(entries)
          const files = write(parcel, maxBytes)

          assert.deepEqual(files.flat(), entries)
          for (const file of files) {
            const bytes = Buffer.byteLength(file.join(''))
            assert.ok(bytes < maxBytes || file.length === 1, `${bytes} bytes in ${JSON.stringify(file)}`)
          }
          // No file ends before it has to.
          for (const [index, file] of files.slice(0, -1).entries()) {
            const next = files[index + 1]?.[0] ?? ''
            assert.ok(Buffer.byteLength(file.join('') + next) >= maxBytes)
          }
        },
      ),
    )
  })

  it('goes on in the old file while a change is not possible', () => {
    const plan = sizePlan(4, () => false, assert.fail)
    const parcel = parcelOf(['abc\n', 'def\n'])

    assert.deepEqual(plan({ parcel, fd: 1, size: 100, emptySize: 0, cut: () => assert.fail() }), { head: parcel })
  })

  it('asks once for the same records when a change changes nothing', () => {
    let changes = 0
    const plan = sizePlan(
      4,
      () => true,
      () => changes++,
    )
    const parcel = parcelOf(['abc\n', 'def\n'])
    const situation = {
      parcel,
      fd: 1,
      size: 100,
      emptySize: 0,
      cut: (whole: Parcel, room: number) => cutBytes(whole, room, bytes, true),
    }

    const first = plan(situation)
    if ('change' in first) first.change()
    const second = plan(situation)

    assert.equal(changes, 1)
    assert.deepEqual('head' in second && [second.head.text, second.rest?.text], ['abc\n', 'def\n'])
  })
})

// Follows a plan as the writer does, with files that are lists of entries.
function write(parcel: Parcel, maxBytes: number): string[][] {
  const files: string[][] = [[]]
  const plan = sizePlan(
    maxBytes,
    () => true,
    () => files.push([]),
  )
  for (let rest: Parcel | undefined = parcel; rest; ) {
    const now: Parcel = rest
    const size = bytes((files.at(-1) ?? []).join(''))
    const step = plan({
      parcel: now,
      fd: 1,
      size,
      emptySize: 0,
      cut: (whole, room) => cutBytes(whole, room, bytes, true),
    })
    if ('change' in step) {
      step.change()
    } else {
      files.at(-1)?.push(...step.head.entries)
      rest = step.rest
    }
  }
  return files
}

function bytes(text: string): number {
  return Buffer.byteLength(text)
}
