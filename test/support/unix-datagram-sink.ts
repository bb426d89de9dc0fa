// A receiver of Unix datagrams, which Node cannot be: CPython in a process of its own.

import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { skipWithout } from './required.js'

const script = fileURLToPath(new URL('../../../test/python/unix_datagram_sink.py', import.meta.url))

/** What handlers give to core so that it can use koffi. */
export function loadKoffi(): unknown {
  return createRequire(import.meta.resolve('@pino-handlers/datagram'))('koffi')
}

/** A receiver that remembers what it got. */
export class UnixDatagramSink {
  readonly #child: ChildProcess
  readonly #lines: unknown[] = []
  readonly #events = new EventEmitter()

  private constructor(path: string) {
    this.#child = spawn('python3', [script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child.on('error', () => this.#events.emit('line'))
    if (!this.#child.stdout) return
    createInterface(this.#child.stdout).on('line', (line) => {
      this.#lines.push(JSON.parse(line))
      this.#events.emit('line')
    })
  }

  /** Starts a receiver at `path`, which ends with the test; without python3 the test is skipped. */
  static async start(t: Pick<TestContext, 'after' | 'skip'>, path: string): Promise<UnixDatagramSink | undefined> {
    const sink = new UnixDatagramSink(path)
    await once(sink.#events, 'line')
    if (sink.#child.pid === undefined) return skipWithout(t, 'python3')
    t.after(() => sink.stop())
    return sink
  }

  /** Resolves with the first `count` datagrams, each as its size and first 40 characters. */
  async received(count: number): Promise<unknown[]> {
    while (this.#lines.length <= count) await once(this.#events, 'line')
    return this.#lines.slice(1, count + 1)
  }

  /** What it got so far, as `received` gives it. */
  get heard(): readonly unknown[] {
    return this.#lines.slice(1)
  }

  /** It reads no more, until `resume`. */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#child.kill('SIGCONT')
  }

  /** Resolves when it has ended; its socket's file stays. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }
}
