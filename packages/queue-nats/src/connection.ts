// A connection to NATS, with the stream and the group that the queue needs.

import { readFileSync } from 'node:fs'
import { type JetStreamClient, jetstream, type StreamConfig } from '@nats-io/jetstream'
import { connect, credsAuthenticator, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node'
import { milliseconds, show } from '@pino-handlers/core'
import { tlsConnectOptions } from '@pino-handlers/core/net'
import type { EngineCalls } from '@pino-handlers/core/queue'
import { inWords } from './error-words.js'
import type { NatsSettings } from './options.js'
import { findGroup, findStream } from './stream.js'

/** A connection whose stream is there. */
export interface Nats {
  readonly connection: NatsConnection
  readonly client: JetStreamClient
  /** Bytes that the text of a batch may have: more would find no room for ever. */
  readonly maxBatchBytes: number
}

// Bytes of a message beside its text: the headers, with an id.
const HEADERS = 1024

/** The stream and where it is, in messages, without passwords. */
export function labelOf({ stream, servers }: NatsSettings): string {
  return `nats stream ${show(stream)} at ${servers.map((each) => each.replace(/^\w+:\/\/|[^/@]*@/g, '')).join(', ')}`
}

/** How to connect to what the settings name. With `takes` the group is made, else only if there is none: else what is put would go to nobody. */
export function connectionCalls(settings: NatsSettings, takes: boolean): EngineCalls<Nats> {
  return {
    async connect(lost) {
      const connection = await connect(clientOptions(settings)).catch((error) => {
        throw inWords(error)
      })
      try {
        const nats = await prepared(connection, settings, takes)
        connection.closed().then(lost, lost)
        return nats
      } catch (error) {
        await connection.close()
        throw inWords(error)
      }
    },
    destroy: ({ connection }) => void connection.close().catch(() => {}),
    hold({ connection }, holds) {
      const { heartbeats, transport } = protocolOf(connection)
      // Only whoever waits for something keeps the process, and has a time limit of its own.
      heartbeats?.timer?.unref()
      if (holds) transport?.socket?.ref()
      else transport?.socket?.unref()
    },
  }
}

async function prepared(connection: NatsConnection, settings: NatsSettings, takes: boolean): Promise<Nats> {
  const client = jetstream(connection, { timeout: settings.timeout * 1000 })
  const manager = await client.jetstreamManager()
  const { config, state } = await findStream(manager, settings)
  if (takes || state.consumer_count === 0) await findGroup(manager, settings)
  return { connection, client, maxBatchBytes: largestText(config, connection.info?.max_payload ?? 0) }
}

// Of these limits 0 and less are none.
function largestText({ max_bytes, max_msg_size }: StreamConfig, maxPayload: number): number {
  const least = Math.min(...[maxPayload, max_bytes, max_msg_size].filter((limit) => limit > 0))
  return Math.max(least - HEADERS, Math.floor(least / 2))
}

function clientOptions({ servers, tls, creds, client, timeout }: NatsSettings): NodeConnectionOptions {
  return asClientOptions({
    timeout: timeout * 1000,
    // All that is waited for has a limit: pings would only keep the process alive.
    pingInterval: milliseconds(Number.POSITIVE_INFINITY),
    ...(tls && { tls: tlsConnectOptions(tls) }),
    ...(creds !== undefined && { authenticator: credsAuthenticator(readFileSync(creds)) }),
    ...client,
    servers: [...servers],
    // A connection that broke is made anew by whoever needs it.
    reconnect: false,
  })
}

interface Holder {
  ref(): void
  unref(): void
}

interface Protocol {
  readonly heartbeats?: { readonly timer?: Holder }
  readonly transport?: { readonly socket?: Holder }
}

// The types of the client leave it out.
function protocolOf(connection: NatsConnection): Protocol {
  const { protocol = {} } = connection as { readonly protocol?: Protocol }
  return protocol
}

// The options of the client are its own to check.
function asClientOptions(given: Readonly<Record<string, unknown>>): NodeConnectionOptions {
  return given as NodeConnectionOptions
}
