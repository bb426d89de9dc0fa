// The stream and the group on the server: made when they are missing, looked at when they are there.

import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream'
import { millis, nanos } from '@nats-io/transport-node'
import { show } from '@pino-handlers/core'
import type { NatsSettings } from './options.js'

// What the server answers when something is not there.
const NOT_FOUND = 404

/** The subject that batches are published to. */
export function subjectOf({ stream, subject }: NatsSettings): string {
  return subject ?? stream
}

/** Makes the stream when it is missing; returns how it is. Rejects when it would lose what is put into it. */
export async function findStream(manager: JetStreamManager, settings: NatsSettings): Promise<StreamInfo> {
  const { stream, maxBytes, maxAge, duplicateWindow, replicas, memory } = settings
  const look = async (): Promise<StreamInfo | undefined> => {
    const found = await unlessMissing(manager.streams.info(stream))
    if (found) checkStream(found.config, settings)
    return found
  }
  const found = await look()
  if (found) return found
  const made = manager.streams.add({
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
  return await made.catch(async (error: unknown) => {
    // The other side may have made it meanwhile, which the server takes for a stream that has our subject.
    const there = await look()
    if (!there) throw error
    return there
  })
}

/** Makes the group when it is missing. Rejects when it has other options: who takes must know how long it may take. */
export async function findGroup(manager: JetStreamManager, settings: NatsSettings): Promise<void> {
  const { stream, group, ackWait, maxAckPending } = settings
  const found = await unlessMissing(manager.consumers.info(stream, group))
  if (found) {
    checkGroup(found.config, settings)
    return
  }
  await manager.consumers.add(stream, {
    durable_name: group,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWait * 1000),
    max_ack_pending: maxAckPending,
  })
}

function checkStream({ subjects = [], retention, discard, ...config }: StreamConfig, settings: NatsSettings): void {
  const subject = subjectOf(settings)
  const isLimited = config.max_bytes > 0 || config.max_msgs > 0 || config.max_msgs_per_subject > 0
  const wrong = !subjects.some((each) => takes(each, subject))
    ? `it does not take the subject ${show(subject)} but ${subjects.map((each) => show(each)).join(', ') || 'none'}`
    : retention === RetentionPolicy.Limits
      ? "it has the retention 'limits', so that nothing goes when it is acknowledged: it must have 'interest' or 'workqueue'"
      : discard === DiscardPolicy.Old && isLimited
        ? "it has the policy 'old' to discard, so that it loses batches when it is full: it must have 'new'"
        : undefined
  if (wrong !== undefined) throw new Error(`the stream is not one of a queue: ${wrong}`)
}

function checkGroup(found: ConsumerConfig, { group, ackWait, maxAckPending }: NatsSettings): void {
  const secondsFound = millis(found.ack_wait ?? 0) / 1000
  const { max_ack_pending: mostFound, ack_policy: policy, filter_subjects: filters = [] } = found
  const wrong = [
    ...(found.deliver_subject === undefined ? [] : ['it pushes']),
    ...(found.filter_subject === undefined && filters.length === 0 ? [] : ['it has a filter']),
    ...(policy === AckPolicy.Explicit ? [] : [`its ack_policy is '${policy}'`]),
    ...(secondsFound === ackWait ? [] : [`ackWait ${secondsFound} instead of ${ackWait}`]),
    ...(mostFound === maxAckPending ? [] : [`maxAckPending ${mostFound} instead of ${maxAckPending}`]),
  ]
  if (wrong.length > 0) throw new Error(`the group ${show(group)} is there with other options (${wrong.join(', ')})`)
}

// Whether a subject with wildcards stands for another one.
function takes(pattern: string, subject: string): boolean {
  const [parts, names] = [pattern.split('.'), subject.split('.')]
  const isOpen = parts.at(-1) === '>'
  const length = isOpen ? parts.length - 1 : parts.length
  if (isOpen ? names.length <= length : names.length !== length) return false
  return parts.slice(0, length).every((part, n) => part === '*' || part === names[n])
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'status' in error && error.status === NOT_FOUND) return undefined
    throw error
  }
}
