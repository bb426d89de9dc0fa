// Every handler, as the suites that all of them join need it. A new handler adds its row here.

import { openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import datagram from '@pino-handlers/datagram'
import file from '@pino-handlers/file'
import http from '@pino-handlers/http'
import memory from '@pino-handlers/memory'
import ntEventlog from '@pino-handlers/nt-eventlog'
import nullHandler from '@pino-handlers/null'
import queue from '@pino-handlers/queue'
import queueListener from '@pino-handlers/queue-listener'
import rotatingFile from '@pino-handlers/rotating-file'
import smtp from '@pino-handlers/smtp'
import socket from '@pino-handlers/socket'
import stream from '@pino-handlers/stream'
import syslog from '@pino-handlers/syslog'
import timedRotatingFile from '@pino-handlers/timed-rotating-file'
import watchedFile from '@pino-handlers/watched-file'
import { startDatagramReceiver } from './support/datagram-receiver.js'
import { linesReceived, startLineServer } from './support/line-server.js'
import { startMailbox, textsMailed } from './support/mailbox.js'
import { linesQueued } from './support/queue-lines.js'
import { linesPosted, startWebServer } from './support/web-server.js'

type Options = Record<string, unknown>

/** One handler in the shared suites. */
export interface HandlerCase {
  /** The package's name without its scope. */
  readonly name: string
  /** Options that work, as JSON, for a destination in `dir`; a server that they need runs until the test ends. */
  options(dir: string, t: TestContext): Options | Promise<Options>
  /** The factory, called with options that are the row's own or wrong on purpose. */
  create(options: Options): Handler
  /** The lines that reached the destination in `dir`, once there are `count`; without it there is none to look at. */
  readonly read?: (dir: string, count: number) => readonly string[] | Promise<readonly string[]>
  /** The same with a formatter, where that is not an option of the handler's own. */
  format?(options: Options, formatter: unknown): Options
  /** What `read` has read as the texts that a formatter made, if they are not lines of their own. */
  readonly texts?: (lines: readonly string[]) => readonly string[]
  /** It holds records until something happens. */
  readonly holds?: boolean
  /** It has to connect first: its states on the way. */
  readonly connects?: readonly string[]
  /** How many records it may be asked for at once, if it is slow with each. */
  readonly most?: number
}

export const handlers: readonly HandlerCase[] = [
  {
    name: 'datagram',
    // What arrives cannot be asked for: UDP loses what comes faster than it is read.
    options: async (_, t) => ({ host: '127.0.0.1', port: await startDatagramReceiver(t), format: 'ndjson' }),
    create: (options) => datagram(options as unknown as Parameters<typeof datagram>[0]),
    connects: ['connecting', 'open'],
  },
  {
    name: 'file',
    options: (dir) => ({ filename: join(dir, 'file.log') }),
    create: (options) => file(options as unknown as Parameters<typeof file>[0]),
    read: (dir) => linesOf(join(dir, 'file.log')),
  },
  {
    name: 'http',
    options: async (dir, t) => ({ host: await startWebServer(t, dir), url: '/logs', format: 'ndjson' }),
    create: (options) => http(options as unknown as Parameters<typeof http>[0]),
    read: linesPosted,
    // A text is a string of JSON.
    texts: (lines) => lines.map((line) => `${JSON.parse(line)}\n`),
    connects: ['connecting', 'open'],
  },
  {
    name: 'memory',
    options: (dir) => ({ capacity: 100, target: fileTarget(dir, 'memory.log') }),
    create: (options) => memory(options as unknown as Parameters<typeof memory>[0]),
    read: (dir) => linesOf(join(dir, 'memory.log')),
    holds: true,
    format: ({ target, ...options }, formatter) => ({ ...options, target: withOption(target, { formatter }) }),
  },
  {
    name: 'nt-eventlog',
    // Where there is an event log, registering may be refused, which is told.
    options: () => ({ appname: 'pino-handlers-test', onUnsupported: 'silent', onError: 'ignore' }),
    create: (options) => ntEventlog(options as unknown as Parameters<typeof ntEventlog>[0]),
  },
  { name: 'null', options: () => ({}), create: (options) => nullHandler(options) },
  {
    name: 'queue',
    options: (dir) => ({ queue: { type: 'directory', path: join(dir, 'queue') } }),
    create: (options) => queue(options as unknown as Parameters<typeof queue>[0]),
    read: (dir, count) => linesQueued(join(dir, 'queue'), count),
    // A formatted record is still a line, whose message is the text.
    texts: (lines) => lines.map((line) => `${JSON.parse(line).msg ?? JSON.parse(line).text}\n`),
    connects: ['connecting', 'open'],
  },
  {
    name: 'queue-listener',
    options: (dir) => ({ handlers: [fileTarget(dir, 'queue-listener.log')] }),
    create: (options) => queueListener(options as unknown as Parameters<typeof queueListener>[0]),
    read: (dir) => linesOf(join(dir, 'queue-listener.log')),
    format: (options, formatter) => ({
      ...options,
      handlers: (options.handlers as unknown[]).map((each) => withOption(each, { formatter })),
    }),
  },
  {
    name: 'rotating-file',
    options: (dir) => ({ filename: join(dir, 'rotating-file.log'), maxBytes: '50KB', backupCount: 100 }),
    create: (options) => rotatingFile(options as unknown as Parameters<typeof rotatingFile>[0]),
    read: (dir) => backupsOf(dir, 'rotating-file.log').flatMap((name) => linesOf(join(dir, name))),
  },
  {
    name: 'smtp',
    // One mail for each record, in order.
    options: async (dir, t) => ({
      mailhost: await startMailbox(t, dir),
      fromaddr: 'app@example.com',
      toaddrs: ['ops@example.com'],
      subject: 'test',
      maxMailsPerHour: 0,
      maxConnections: 1,
      closeTimeout: 9,
      formatter: new URL('./fixtures/hooks.js#asItCame', import.meta.url).href,
    }),
    create: (options) => smtp(options as unknown as Parameters<typeof smtp>[0]),
    read: textsMailed,
    connects: ['connecting', 'open'],
    most: 50,
  },
  {
    name: 'socket',
    options: (dir, t) => ({ host: startLineServer(t, dir), port: null, format: 'ndjson' }),
    create: (options) => socket(options as unknown as Parameters<typeof socket>[0]),
    read: linesReceived,
    connects: ['connecting', 'open'],
  },
  {
    name: 'stream',
    options: (dir) => ({ stream: openSync(join(dir, 'stream.log'), 'a') }),
    create: (options) => stream(options),
    read: (dir) => linesOf(join(dir, 'stream.log')),
  },
  {
    name: 'syslog',
    options: (dir, t) => ({ address: startLineServer(t, dir), socktype: 'unix-stream', framing: 'lf' }),
    create: (options) => syslog(options),
    read: async (dir, count) => (await linesReceived(dir, count)).map((message) => message.replace(/^<\d+>/, '')),
    connects: ['connecting', 'open'],
  },
  {
    name: 'timed-rotating-file',
    options: (dir) => ({ filename: join(dir, 'timed-rotating-file.log') }),
    create: (options) => timedRotatingFile(options as unknown as Parameters<typeof timedRotatingFile>[0]),
    read: (dir) => linesOf(join(dir, 'timed-rotating-file.log')),
  },
  {
    name: 'watched-file',
    options: (dir) => ({ filename: join(dir, 'watched-file.log') }),
    create: (options) => watchedFile(options as unknown as Parameters<typeof watchedFile>[0]),
    read: (dir) => linesOf(join(dir, 'watched-file.log')),
  },
]

function fileTarget(dir: string, name: string): Options {
  return { target: '@pino-handlers/file', options: { filename: join(dir, name) } }
}

function withOption(target: unknown, option: Options): Options {
  const { options, ...rest } = target as { options: Options }
  return { ...rest, options: { ...options, ...option } }
}

/** A log and its numbered backups, the oldest first. */
function backupsOf(dir: string, base: string): string[] {
  const number = (name: string): number => Number(name.slice(base.length + 1))
  return readdirSync(dir)
    .filter((name) => name.startsWith(base))
    .sort((a, b) => number(b) - number(a))
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split(/(?<=\n)/)
}
