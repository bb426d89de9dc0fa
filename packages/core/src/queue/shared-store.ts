// The store of a memory queue with a name: one in each thread, and those of all threads know of each other.

import { BroadcastChannel, MessageChannel, MessagePort, postMessageToThread, threadId } from 'node:worker_threads'
import { BatchStore } from './batch-store.js'
import { Inlet, Outlet } from './thread-link.js'

/** The store of a name in this thread, which those who use the name share. */
export interface SharedStore {
  readonly batches: BatchStore
  /** Somebody in this thread takes. */
  readonly hasTaker: boolean
  /** Lets those who take in other threads know that there is something to take here. */
  beginToPut(): void
  /** Lets those who put in other threads know that somebody takes here. */
  beginToTake(): void
  /** One of those who take here does so no more. */
  endToTake(): void
  /** One user of the store less; without any it is gone. */
  release(): void
}

// What threads tell each other of themselves over the channel of a name.
interface Hello {
  readonly does: 'put' | 'take'
  readonly thread: number
}

// What the thread that takes sends to the one that puts: a port of their own, over which each hears when the other ends,
// which a channel for all does not tell.
interface Offer {
  readonly code: 'PINO_HANDLERS_QUEUE'
  readonly name: string
  readonly port: MessagePort
}

/** The store of `name` in this thread, for one more user. */
export function openShared(name: string): SharedStore {
  const stores = storesOfThread()
  const store = stores.get(name) ?? new ThreadStore(name)
  stores.set(name, store)
  store.users++
  return store
}

class ThreadStore implements SharedStore {
  readonly batches: BatchStore = new BatchStore()
  users = 0
  readonly #name: string
  readonly #channel: BroadcastChannel
  // By the thread that puts.
  readonly #inlets: Map<number, Inlet> = new Map()
  readonly #outlets: Set<Outlet> = new Set()
  #puts = false
  #takers = 0

  constructor(name: string) {
    this.#name = name
    this.#channel = new BroadcastChannel(`pino-handlers:${name}`)
    this.#channel.onmessage = (event) => this.#hear(event)
    this.#channel.unref()
    this.batches.hungry = () => {
      for (const inlet of this.#inlets.values()) inlet.want()
    }
  }

  get hasTaker(): boolean {
    return this.#takers > 0
  }

  beginToPut(): void {
    if (!this.#puts) this.#say('put')
    this.#puts = true
  }

  beginToTake(): void {
    this.#takers++
    if (this.#takers === 1) this.#say('take')
  }

  endToTake(): void {
    this.#takers--
    if (this.#takers > 0) return
    const inlets = [...this.#inlets.values()]
    this.#inlets.clear()
    for (const inlet of inlets) inlet.close()
  }

  release(): void {
    this.users--
    if (this.users > 0) return
    for (const outlet of this.#outlets) outlet.close()
    this.#channel.close()
    storesOfThread().delete(this.#name)
  }

  /** Somebody in another thread takes, and is at the other end of this port. */
  accept(port: MessagePort): void {
    const outlet = new Outlet(port, this.batches, () => this.#outlets.delete(outlet))
    this.#outlets.add(outlet)
  }

  #say(does: Hello['does']): void {
    this.#channel.postMessage({ does, thread: threadId } satisfies Hello)
  }

  #hear(event: unknown): void {
    const hello = helloOf(event)
    if (hello?.does === 'take' && this.#puts) this.#say('put')
    if (hello?.does === 'put' && this.hasTaker && !this.#inlets.has(hello.thread)) this.#offer(hello.thread)
  }

  #offer(thread: number): void {
    const { port1, port2 } = new MessageChannel()
    const inlet = new Inlet(port1, this.batches, () => {
      // The other side has closed it. It may have opened the queue anew, and said so before this was heard.
      if (this.#forget(thread, inlet) && this.hasTaker) this.#say('take')
    })
    this.#inlets.set(thread, inlet)
    if (this.batches.isHungry) inlet.want()
    const offer: Offer = { code: 'PINO_HANDLERS_QUEUE', name: this.#name, port: port2 }
    postMessageToThread(thread, offer, [port2]).catch(() => {
      // It has ended since it said hello.
      this.#forget(thread, inlet)
      inlet.close()
    })
  }

  #forget(thread: number, inlet: Inlet): boolean {
    return this.#inlets.get(thread) === inlet && this.#inlets.delete(thread)
  }
}

const STORES = Symbol.for('@pino-handlers/core: memory queues')

// Of the thread, not of this module: it may be loaded more than once, and an offer is to be heard once.
function storesOfThread(): Map<string, ThreadStore> {
  const found: unknown = Reflect.get(globalThis, STORES)
  if (found) return found as Map<string, ThreadStore>
  const stores = new Map<string, ThreadStore>()
  Reflect.set(globalThis, STORES, stores)
  process.on('workerMessage', hearOffer)
  return stores
}

function hearOffer(message: unknown): void {
  if (!isOffer(message)) return
  const store = storesOfThread().get(message.name)
  if (store) store.accept(message.port)
  else message.port.close()
}

function isOffer(message: unknown): message is Offer {
  if (typeof message !== 'object' || message === null || !('code' in message && 'port' in message)) return false
  return message.code === 'PINO_HANDLERS_QUEUE' && message.port instanceof MessagePort
}

function helloOf(event: unknown): Hello | undefined {
  const { data } = event as { readonly data: Hello }
  return data
}
