// The buffers of many keys: those that were used last, within a number and an age.

import type { Bucket } from './lines.js'

/** The buffer of a key. */
export interface KeyBucket extends Bucket {
  /** The key's JSON; undefined for records without it. */
  readonly key: string | undefined
  /** When its last record came, in milliseconds. */
  seen: number
  /** Records go straight on. */
  passing: boolean
  older: KeyBucket | undefined
  newer: KeyBucket | undefined
}

/** The buffer of a key that has none yet. */
export function keyBucket(key?: string): KeyBucket {
  // Without a spread, which makes objects that are slow ever after.
  return {
    count: 0,
    bytes: 0,
    first: 0,
    last: 0,
    key,
    seen: 0,
    passing: false,
    older: undefined,
    newer: undefined,
  }
}

/** Buffers by key, in the order in which they were used. */
export class Keys {
  readonly #maxKeys: number
  readonly #ttl: number
  readonly #buckets = new Map<string | undefined, KeyBucket>()
  #oldest: KeyBucket | undefined
  #newest: KeyBucket | undefined

  /** @param ttl milliseconds after its last record until a key is forgotten */
  constructor(maxKeys: number, ttl: number) {
    this.#maxKeys = maxKeys
    this.#ttl = ttl
  }

  /** The buffer of a key that has a record now. */
  use(key: string | undefined, now: number): KeyBucket {
    const known = this.#buckets.get(key)
    const bucket = known ?? keyBucket(copyOf(key))
    bucket.seen = now
    if (bucket === this.#newest) return bucket
    if (known) this.#unlink(known)
    else this.#buckets.set(bucket.key, bucket)
    bucket.older = this.#newest
    if (this.#newest) this.#newest.newer = bucket
    else this.#oldest = bucket
    this.#newest = bucket
    return bucket
  }

  /** Forgets a key that has had no record for too long; undefined when there is none. */
  expire(now: number): KeyBucket | undefined {
    return this.#oldest && now - this.#oldest.seen > this.#ttl ? this.#forget(this.#oldest) : undefined
  }

  /** Forgets the key that was used least recently if there are too many; undefined when there are not. */
  evict(): KeyBucket | undefined {
    return this.#oldest && this.#buckets.size > this.#maxKeys ? this.#forget(this.#oldest) : undefined
  }

  #forget(bucket: KeyBucket): KeyBucket {
    this.#unlink(bucket)
    this.#buckets.delete(bucket.key)
    return bucket
  }

  #unlink(bucket: KeyBucket): void {
    const { older, newer } = bucket
    if (older) older.newer = newer
    else this.#oldest = newer
    if (newer) newer.older = older
    else this.#newest = older
    bucket.older = undefined
    bucket.newer = undefined
  }
}

// A part of a text keeps all of it in memory.
function copyOf(key: string | undefined): string | undefined {
  return key === undefined ? undefined : Buffer.from(key).toString()
}
