// Programs that a test talks to while they run.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { fixture } from './run-node.js'

/** A fixture in a process of its own, which takes orders and tells what becomes of it; killed after the test. */
export class ToldProcess<Order extends object, News> {
  /** What it has told. */
  readonly news: News[] = []
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  #stderr = ''

  constructor(t: Pick<TestContext, 'after'>, name: string, input: unknown) {
    this.#child = fork(fixture(name), [JSON.stringify(input)], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve))
    this.#child.on('message', (news: News) => this.news.push(news))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    t.after(() => this.kill())
  }

  /** The number that the system gave it. */
  get pid(): number {
    return this.#child.pid ?? Number.NaN
  }

  tell(order: Order): void {
    this.#child.send(order)
  }

  /** Resolves with the first thing told, from now on or before, that `is` wanted; rejects when the process ends without it. */
  async hear(is: (news: News) => boolean): Promise<News> {
    for (;;) {
      const found = this.news.find(is)
      if (found !== undefined) return found
      const isOver = await Promise.race([once(this.#child, 'message').then(() => false), this.#ended.then(() => true)])
      if (isOver && !this.news.some(is)) throw new Error(`it has ended without that: ${this.#stderr}`)
    }
  }

  /** Resolves when it has ended by itself: how, and what it wrote to stderr. */
  async end(): Promise<readonly [code: number | null, stderr: string]> {
    return [await this.#ended, this.#stderr]
  }

  /** Resolves when it is no more. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}
