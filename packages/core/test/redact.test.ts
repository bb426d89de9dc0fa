// Secrets in what is told.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { REDACTED, redact } from '@pino-handlers/core'

describe('redact', () => {
  it('leaves nothing of a secret that another one begins', () => {
    assert.equal(redact('key=abc123 abc', ['abc', 'abc123']), `key=${REDACTED} ${REDACTED}`)
  })

  it('takes secrets as they stand, whatever characters they have', () => {
    assert.equal(redact('a.b+c[d] axb', ['a.b', '+c[d]']), `${REDACTED}${REDACTED} axb`)
  })

  it('finds no empty secret everywhere', () => {
    assert.deepEqual([redact('text', ['', 'x']), redact('text', [])], [`te${REDACTED}t`, 'text'])
  })
})
