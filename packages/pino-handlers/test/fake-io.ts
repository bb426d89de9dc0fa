// A process for the command line that is none: what it is given, and what it wrote.

import { EventEmitter } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { cli } from 'pino-handlers'

type Io = Parameters<typeof cli>[1]

/** What a command has written, and how it ended. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What stands for a process, with what it was told and what it wrote. */
export interface FakeProcess {
  /** Emits SIGINT and others, which reach the command. */
  readonly signals: EventEmitter
  /** Runs a command to its end. */
  run(args: readonly string[]): Promise<Ran>
}

/** A process that reads `stdin`; on a terminal of so many columns, if they are given. */
export function fakeProcess(
  stdin: Readable,
  env: Readonly<Record<string, string>> = {},
  columns?: number,
): FakeProcess {
  const terminal = columns === undefined ? {} : { isTTY: true, columns }
  const stdout = Object.assign(new PassThrough(), terminal)
  const stderr = new PassThrough()
  const texts = [collected(stdout), collected(stderr)] as const
  const signals = new EventEmitter()
  const io: Io = {
    stdin: Object.assign(stdin, terminal),
    stdout,
    stderr,
    env,
    on: (signal, listener) => signals.on(signal, listener),
    off: (signal, listener) => signals.off(signal, listener),
    exit: (exitCode) => {
      throw new Error(`exit ${exitCode}`)
    },
  }
  return {
    signals,
    async run(args) {
      const code = await cli(args, io)
      stdout.end()
      stderr.end()
      const [out, err] = await Promise.all(texts)
      return { code, stdout: out, stderr: err }
    },
  }
}

/** Runs a command in this process with `input` on stdin. */
export async function runHere(
  args: readonly string[],
  input: readonly (string | Buffer)[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return fakeProcess(Readable.from(input.map((each) => Buffer.from(each))), env).run(args)
}

async function collected(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** The options that a command would make its handler with. */
export async function configOf(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runHere([...args, '--print-config'], [], env)
  if (code !== 0) throw new Error(stderr)
  const config: Record<string, unknown> = JSON.parse(stdout)
  return config
}
