// A client whose connections do only what the test tells them to.

import assert from 'node:assert/strict'
import type { Client, Connection, ConnectionListener, Part } from '@pino-handlers/core/net'

type Done = (taken: number, refused?: Error) => void

/** A connection in the test's hands. */
export class FakeConnection implements Connection {
  /** What was sent, one text for each call. */
  readonly sent: string[] = []
  /** How it was closed from our side. */
  over: 'ended' | 'destroyed' | undefined
  /** What `sendNow` finds: whether the system takes more. */
  hasRoom = true
  readonly #listener: ConnectionListener
  #underWay: { readonly parts: readonly Part[]; readonly done: Done } | undefined

  constructor(listener: ConnectionListener) {
    this.#listener = listener
  }

  send(parts: readonly Part[], done: Done): void {
    assert.equal(this.#underWay, undefined, 'one call at a time')
    assert.equal(this.over, undefined, 'nothing is sent after the end')
    this.#underWay = { parts, done }
    this.sent.push(parts.map(({ data }) => data).join('|'))
  }

  sendNow(): void {
    if (this.hasRoom && this.#underWay) this.takes()
  }

  async end(): Promise<void> {
    this.over ??= 'ended'
  }

  destroy(): void {
    this.over ??= 'destroyed'
  }

  opens(): void {
    this.#listener.opened()
  }

  /** Takes what is being sent, or `count` parts of it, the next one being refused for `reason`. */
  takes(count?: number, reason?: string): void {
    const { parts, done } = this.#underWay ?? assert.fail('nothing is being sent')
    this.#underWay = undefined
    done(count ?? parts.length, reason === undefined ? undefined : new Error(reason))
  }

  /** Takes whatever comes until nothing comes any more. */
  takesAll(): void {
    while (this.#underWay) this.takes()
  }

  /** Could not be made, or is lost, with `taken` parts gone. */
  breaks(code = 'ECONNRESET', taken = 0): void {
    this.#underWay = undefined
    this.#listener.closed(Object.assign(new Error(`no: ${code}`), { code }), taken)
  }

  /** The other side ends it. */
  hangsUp(): void {
    this.#underWay = undefined
    this.#listener.closed(undefined, 0)
  }

  /** It was closed since there was nothing to do. */
  idles(): void {
    this.#listener.idled()
  }
}

/** Makes connections that wait for the test. */
export class FakeClient implements Client {
  readonly label = 'fake://there'
  readonly connections: FakeConnection[] = []

  connect(listener: ConnectionListener): FakeConnection {
    const connection = new FakeConnection(listener)
    this.connections.push(connection)
    return connection
  }

  /** The latest connection. */
  get last(): FakeConnection {
    return this.connections.at(-1) ?? assert.fail('there was no attempt to connect')
  }

  /** What was sent over each connection. */
  get sent(): readonly (readonly string[])[] {
    return this.connections.map((connection) => connection.sent)
  }
}
