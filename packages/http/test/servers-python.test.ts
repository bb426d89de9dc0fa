// Python's web server, and what Python's own HTTPHandler sends to it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LogRecord } from '@pino-handlers/core'
import { recordDict } from '@pino-handlers/core/wire'
import type { HttpOptions } from '@pino-handlers/http'
import { noPython } from '../../../test/support/python-frames.js'
import { sendByPython, startPythonServer } from '../../../test/support/python-web.js'
import { send } from '../../../test/support/scripted-server.js'

// No field of it changes from one run to the next but the time since the start, which is the same in this process.
const LINES = [
  { name: 'app.db', msg: 'plain', pid: 7 },
  { msg: 'Grüße & Küsse = 100 % + 日本語 🎉 ~-._ "\'<>/?#', level: 50 },
  { msg: 'two\r\nlines\t\u0000', level: 35, user: { id: 1, tags: ['a', null, true, 1.5] } },
  { msg: '', err: { type: 'Error', message: 'boom', stack: 'Error: boom\n    at f (x.js:1:2)' } },
  { msg: 'x'.repeat(3000), big: 1e21, none: null, empty: {}, 'k e&y': 'v a=l' },
].map((fields) => JSON.stringify({ level: 30, time: 1508025600123, ...fields }))

// Each way to send, once for each version of the protocol: a process of Python takes long to start.
const WAYS = [
  { method: 'GET', credentials: undefined },
  { method: 'POST', credentials: undefined },
  { method: 'GET', credentials: ['üser', 'p:ass wörd'] },
  { method: 'POST', credentials: ['üser', 'p:ass wörd'] },
] as const

describe("http and Python's web server", { skip: noPython }, () => {
  for (const [protocol, connections] of [
    ['HTTP/1.0', LINES.length],
    ['HTTP/1.1', 1],
  ] as const) {
    it(`sends what Python's HTTPHandler sends, to ${protocol}, over as many connections as it takes`, async (t) => {
      const { host, requests } = await startPythonServer(t, protocol)
      const url = '/log?app=1'
      const dicts = LINES.map((line) => recordDict(new LogRecord(line)))
      const books: unknown[] = []
      for (const { method, credentials } of WAYS) {
        const options: HttpOptions = { host, url, method, onError: 'throw', ...(credentials && { credentials }) }
        const { stats } = await send(options, LINES.map((line) => `${line}\n`).join(''))
        books.push([stats.delivered, stats.retries])
      }
      const count = WAYS.length * LINES.length
      const ours = await requests(count)
      const stderr = sendByPython(WAYS.flatMap((way) => dicts.map((dict) => [{ host, url, ...way }, dict] as const)))
      const theirs = (await requests(2 * count)).slice(count)

      assert.deepEqual(
        [stderr, ours.map(({ raw }) => raw), ours.map(({ fields }) => fields), books],
        ['', theirs.map(({ raw }) => raw), theirs.map(({ fields }) => fields), WAYS.map(() => [LINES.length, 0])],
      )
      assert.deepEqual(
        [ours.map(({ fields }) => fields.msg), new Set(ours.map(({ connection }) => connection)).size],
        [WAYS.flatMap(() => dicts.map(({ msg }) => msg)), WAYS.length * connections],
      )
    })
  }
})
