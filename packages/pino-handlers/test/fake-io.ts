// A process for the command line that is none: what it is given, and what it wrote.

import { EventEmitter } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { cli } from 'pino-handlers'

/** What a command has written, and how it ended. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command in this process with `input` on stdin. */
export async function runHere(
  args: readonly string[],
  input: readonly (string | Buffer)[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const texts = [collected(stdout), collected(stderr)] as const
  const signals = new EventEmitter()
  const code = await cli(args, {
    stdin: Readable.from(input.map((each) => Buffer.from(each))),
    stdout,
    stderr,
    env,
    on: (signal, listener) => signals.on(signal, listener),
    off: (signal, listener) => signals.off(signal, listener),
    exit: (exitCode) => {
      throw new Error(`exit ${exitCode}`)
    },
  })
  stdout.end()
  stderr.end()
  const [out, err] = await Promise.all(texts)
  return { code, stdout: out, stderr: err }
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
