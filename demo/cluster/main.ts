// Three processes log through a queue to two that listen, one of which is killed in the middle; the books must balance.
//   npm run demo:cluster               through a socket: the second listener stands by
//   npm run demo:cluster -- redis      or nats, or amqp: starts such a server on a free port

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Stats } from '@pino-handlers/core'
import { firstSeen } from '../../test/support/first-seen.js'
import { SuiteScope } from '../../test/support/suite-scope.js'
import { until } from '../../test/support/until.js'
import { droppedOf } from '../account.js'
import { aligned } from '../table.js'
import { engines } from './engines.js'

const PRODUCERS = 3
const COUNT = 20_000
const QUICK = { retryStart: 0.05, retryMax: 0.5, onError: 'ignore' } as const

const scope = new SuiteScope()
process.once('SIGINT', () => process.exit(130))
try {
  process.exitCode = (await demo(process.argv[2] ?? 'socket')) ? 0 : 1
} finally {
  await scope.end()
}

async function demo(name: string): Promise<boolean> {
  const engine = Object.hasOwn(engines, name) ? engines[name] : undefined
  if (!engine) throw new Error(`no engine '${name}'; there are ${Object.keys(engines).join(', ')}`)
  if (engine.missing) throw new Error(engine.missing)
  const dir = join(tmpdir(), 'pino-handlers-cluster')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir)
  const queue = await engine.start(scope, dir)
  const file = (listener: number): string => join(dir, `listener-${listener}.log`)
  const listenerOptions = (n: number): object => ({
    ...QUICK,
    queue,
    handlers: [{ target: '@pino-handlers/file', options: { filename: file(n) } }],
  })

  console.log(`${PRODUCERS} processes log ${COUNT} records each through ${name}; 2 listen.`)
  const listeners = [0, 1].map((n) => start('listener', listenerOptions(n)))
  await Promise.all(listeners.map((listener) => once(listener, 'message')))
  const producers = Array.from({ length: PRODUCERS }, () => start('producer', { ...QUICK, queue, count: COUNT }))
  const ends = producers.map(booksOf)

  const size = (n: number): number => statSync(file(n), { throwIfNoEntry: false })?.size ?? 0
  await until(() => [0, 1].some((n) => size(n) > 500_000))
  const mortal = size(0) > size(1) ? 0 : 1
  const survivor = 1 - mortal
  listeners[mortal]?.kill('SIGKILL')
  console.log(`Listener ${mortal + 1} is killed.`)

  const books = await Promise.all(ends)
  const text = (n: number): string => (existsSync(file(n)) ? readFileSync(file(n), 'utf8') : '')
  const seen = (): ReturnType<typeof firstSeen> => firstSeen([text(mortal), text(survivor)])
  const found = (producer: ChildProcess): number => seen().get(producer.pid ?? 0)?.found ?? 0
  await until(() => producers.every((producer) => found(producer) === COUNT))
  const last = listeners[survivor]
  if (!last) throw new Error('there are two listeners')
  const ending = booksOf(last)
  last.send('stop')
  const lastBooks = await ending

  const rows = producers.map((producer, n) => {
    const twice = seen().get(producer.pid ?? 0)?.twice ?? 0
    return row(`producer ${n + 1}`, COUNT, books[n], [found(producer), twice])
  })
  const head = ['process', 'logged', 'received', 'delivered', 'dropped', 'queued', 'found', 'twice']
  const dead = [`listener ${mortal + 1}`, ...Array.from({ length: 7 }, () => '-')]
  console.log(aligned([head, ...rows, dead, row(`listener ${survivor + 1}`, undefined, lastBooks, [])]))
  const balanced = [...books, lastBooks].every(isBalanced) && books.every(({ delivered }) => delivered === COUNT)
  console.log(
    balanced
      ? 'The books balance: each record that was logged is in a file. Those that came twice were under way when the listener died.'
      : '✗ The books do not balance.',
  )
  console.log(`  ls -l ${dir}`)
  return balanced
}

function start(program: string, options: object): ChildProcess {
  const child = fork(fileURLToPath(new URL(`./${program}.js`, import.meta.url)), [JSON.stringify(options)])
  scope.after(() => child.kill('SIGKILL'))
  return child
}

function booksOf(child: ChildProcess): Promise<Stats> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'books' in message) resolve(asStats(message.books))
    })
    child.on('exit', (code, signal) =>
      reject(new Error(`a process ended with ${signal ?? code} and without its books`)),
    )
  })
}

// What our own processes send.
function asStats(books: unknown): Stats {
  return books as Stats
}

function row(name: string, logged: number | undefined, stats: Stats | undefined, more: readonly number[]): string[] {
  const numbers = [logged, stats?.received, stats?.delivered, stats && droppedOf(stats), stats?.queued, ...more]
  return [name, ...Array.from({ length: 7 }, (_, n) => String(numbers[n] ?? '-'))]
}

function isBalanced(stats: Stats): boolean {
  const { received, delivered, deadLettered, invalid, queued } = stats
  return received === delivered + droppedOf(stats) + deadLettered + invalid + queued
}
