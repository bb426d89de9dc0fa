// A connection to NATS, with the stream and the group that the queue needs.

import { readFileSync } from 'node:fs'
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
  nanos,
} from '@nats-io/transport-node'
import { show } from '@pino-handlers/core'
import { tlsConnectOptions } from '@pino-handlers/core/net'
import type { EngineCalls } from '@pino-handlers/core/queue'
import { inWords } from './error-words.js'
import type { NatsSettings } from './options.js'

/** A connection whose stream is there. */
export interface Nats {
  readonly connection: NatsConnection
  readonly client: JetStreamClient
  readonly manager: JetStreamManager
  /** Bytes that a message may have, headers and all. */
  readonly maxPayload: number
}

// What the server answers when something is not there.
const NOT_FOUND = 404

/** The subject that batches are published to. */
export function subjectOf({ stream, subject }: NatsSettings): string {
  return subject ?? stream
}

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
    // The client cannot let go of the process.
    hold() {},
  }
}

async function prepared(connection: NatsConnection, settings: NatsSettings, takes: boolean): Promise<Nats> {
  const client = jetstream(connection, { timeout: settings.timeout * 1000 })
  const manager = await client.jetstreamManager()
  const consumers = await makeStream(manager, settings)
  if (takes || consumers === 0) await makeGroup(manager, settings)
  return { connection, client, manager, maxPayload: connection.info?.max_payload ?? Number.POSITIVE_INFINITY }
}

// Returns how many consumers it has.
async function makeStream(manager: JetStreamManager, settings: NatsSettings): Promise<number> {
  const { stream, maxBytes, maxAge, duplicateWindow, replicas, memory } = settings
  try {
    const { state } = await manager.streams.info(stream)
    return state.consumer_count
  } catch (error) {
    if (statusOf(error) !== NOT_FOUND) throw error
  }
  await manager.streams.add({
    name: stream,
    subjects: [subjectOf(settings)],
    // A batch goes when all groups have acknowledged it.
    retention: RetentionPolicy.Interest,
    storage: memory ? StorageType.Memory : StorageType.File,
    // The other policy drops the oldest, and tells nobody.
    discard: DiscardPolicy.New,
    max_bytes: maxBytes === 0 ? -1 : maxBytes,
    max_age: nanos(maxAge * 1000),
    duplicate_window: nanos(duplicateWindow * 1000),
    num_replicas: replicas,
  })
  return 0
}

async function makeGroup(manager: JetStreamManager, settings: NatsSettings): Promise<void> {
  const { stream, group, ackWait, maxAckPending } = settings
  try {
    await manager.consumers.info(stream, group)
    return
  } catch (error) {
    if (statusOf(error) !== NOT_FOUND) throw error
  }
  await manager.consumers.add(stream, {
    durable_name: group,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWait * 1000),
    max_ack_pending: maxAckPending,
  })
}

function clientOptions({ servers, tls, creds, client, timeout }: NatsSettings): NodeConnectionOptions {
  return asClientOptions({
    timeout: timeout * 1000,
    // Two in a row without an answer, and the connection is over.
    pingInterval: timeout * 500,
    ...(tls && { tls: tlsConnectOptions(tls) }),
    ...(creds !== undefined && { authenticator: credsAuthenticator(readFileSync(creds)) }),
    ...client,
    servers: [...servers],
    // A connection that broke is made anew by whoever needs it.
    reconnect: false,
  })
}

// The options of the client are its own to check.
function asClientOptions(given: Readonly<Record<string, unknown>>): NodeConnectionOptions {
  return given as NodeConnectionOptions
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
}
