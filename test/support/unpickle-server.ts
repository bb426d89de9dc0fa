// Python's receiver of pickled records, in a process of its own.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { tempDir } from './temp-dir.js'
import { until } from './until.js'

/** A record as logging.makeLogRecord gave it in Python, or why it was refused. */
export interface Unpickled {
  /** Which connection it came over. */
  readonly peer: number
  /** Its attributes in the order of the wire; what JSON cannot say is coded as in test/python/_common.py. */
  readonly record?: Readonly<Record<string, unknown>>
  /** What logging prints for it: `levelname:name:message`. */
  readonly text?: string
  readonly rejected?: string
}

/** A receiver in Python. */
export interface UnpickleServer {
  /** [host, port], or the path of a Unix socket. */
  readonly address: readonly [string, number] | string
  /** Resolves when it has got as many records as it waits for, which may be many seconds; what it has got by then if it has waited too long. */
  readonly received: Promise<readonly Unpickled[]>
  /** Resolves when it has got the first `count`, for a sender that has to wait for it. */
  written(count: number): Promise<void>
}

/** Starts test/python/unpickle_server.py until it has got `count` records, with `options` for it. */
export async function startUnpickleServer(
  t: Pick<TestContext, 'after'>,
  count: number,
  options: readonly string[],
): Promise<UnpickleServer> {
  const out = join(tempDir(t), 'records.jsonl')
  const script = resolve('test/python/unpickle_server.py')
  const args = [script, '--out', out, '--count', String(count), '--timeout', '120', ...options]
  const child = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const closed = once(child, 'close')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const { value: ready } = await lines.next()
  assert.ok(ready, 'the receiver did not start')
  const file = new GrowingFile(out)
  t.after(() => file.close())
  return {
    address: JSON.parse(ready).address,
    written: (count) => until(() => file.countLines() >= count, 60_000),
    received: closed.then(() => readFileSync(out, 'utf8').split('\n').slice(0, -1).map(parseUnpickled)),
  }
}

/** A file that another process adds lines to. */
class GrowingFile {
  readonly #descriptor: number
  readonly #buffer: Buffer = Buffer.alloc(64 * 1024)
  #lines = 0

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r')
  }

  /** How many lines it has by now. */
  countLines(): number {
    for (let size = -1; size !== 0; ) {
      size = readSync(this.#descriptor, this.#buffer)
      for (let at = 0; at < size; at++) if (this.#buffer[at] === NEWLINE) this.#lines++
    }
    return this.#lines
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

const NEWLINE = 10

function parseUnpickled(line: string): Unpickled {
  return JSON.parse(line)
}
