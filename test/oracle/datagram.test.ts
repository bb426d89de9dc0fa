// Which datagrams go out, and what is reported, against CPython's answers.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import datagram, { type DatagramOptions } from '@pino-handlers/datagram'
import { line } from '../support/lines.js'
import { casesOf, decodeObject, type Input } from './vectors.js'

const cases = casesOf('pickle').filter(({ kind, input }) => kind === 'dgram' || input.handler === 'dgram')

describe('datagrams answer as CPython’s do', () => {
  for (const { id, input, expect } of cases.filter(({ kind }) => kind === 'dgram')) {
    it(`${id}: dgram, a record that is too large`, async (t) => {
      const text = 'x'.repeat(Number(input.size))

      const sent = await send(t, Array(Number(input.n)).fill(text), { oversize: 'drop' })

      const { datagrams, errors } = decodeObject(expect)
      assert.ok(Array.isArray(datagrams) && Array.isArray(errors))
      assert.deepEqual([sent.datagrams.length, sent.reported], [datagrams.length, errors.length])
    })
  }

  for (const { id, input, expect } of cases.filter(isPickleError)) {
    it(`${id}: a record that cannot be pickled, closeOnError ${input.closeOnError}`, async (t) => {
      const makePickle = ({ msg }: { msg: string }): Buffer => {
        if (msg === 'bad') throw new Error('no')
        return Buffer.from(msg)
      }

      const sent = await send(t, ['ok', 'bad'], { makePickle })

      // There is no connection that could be closed: it is reported in each case, which CPython does without closeOnError.
      const { columns, rows } = decodeObject(expect)
      assert.ok(Array.isArray(columns) && Array.isArray(rows))
      const reported = rows.map((row) => row[columns.indexOf('reported')])
      assert.deepEqual(
        [sent.datagrams, sent.reported],
        [['ok'], input.closeOnError === true ? 1 : reported.reduce((sum, each) => sum + each, 0)],
      )
    })
  }
})

function isPickleError({ kind, input }: { readonly kind: string; readonly input: Input }): boolean {
  return kind === 'errors' && input.fail === 'pickle'
}

/** What arrives of records with these messages, and how many failures are told. */
async function send(
  t: TestContext,
  texts: readonly string[],
  options: Partial<DatagramOptions>,
): Promise<{ datagrams: readonly string[]; reported: number }> {
  const receiver = createSocket('udp4')
  const datagrams: string[] = []
  receiver.on('message', (message) => datagrams.push(message.toString()))
  receiver.bind(0, '127.0.0.1')
  await once(receiver, 'listening')
  t.after(() => receiver.close())
  let reported = 0
  const handler = datagram({ host: '127.0.0.1', port: receiver.address().port, onError: 'ignore', ...options })
  handler.on('failure', () => reported++)
  for (const text of texts) handler.write(line(text))
  await once(handler.end(), 'close')
  while (datagrams.length < handler.stats.delivered) await once(receiver, 'message')
  return { datagrams, reported }
}
