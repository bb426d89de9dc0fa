// What pino mixes into the options of a target is not the handler's, unless it says so.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flag, resolveOptions, seconds } from '@pino-handlers/core'

const FROM_PINO = { $context: {}, pinoWillSendConfig: true, levels: {}, dedupe: true }

describe('resolveOptions', () => {
  it('leaves out what pino mixes in', () => {
    assert.deepEqual(resolveOptions('test', { loud: flag }, { loud: false }, { ...FROM_PINO, loud: true }), {
      loud: true,
    })
  })

  it("leaves out pino's dedupe where the handler has one of its own, which is never true", () => {
    assert.deepEqual(resolveOptions('test', { dedupe: seconds }, { dedupe: 0 }, FROM_PINO), { dedupe: 0 })
  })

  it("takes a handler's own dedupe", () => {
    assert.deepEqual(resolveOptions('test', { dedupe: seconds }, { dedupe: 0 }, { dedupe: 60 }), { dedupe: 60 })
  })

  it("checks a handler's own dedupe", () => {
    assert.throws(
      () => resolveOptions('test', { dedupe: seconds }, { dedupe: 0 }, { dedupe: 'long' }),
      /\[test\] option "dedupe" must be .*, got 'long'/,
    )
  })
})
