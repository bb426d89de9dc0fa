// Which record is mailed at once, and which waits for a digest. Decided by values alone: time is an argument.

/** What a {@link MailPlan} keeps to. Times are in milliseconds. */
export interface PlanSettings {
  /** Mails in any hour; 0 is no limit. */
  readonly maxMailsPerHour: number
  /** Time between digests; 0 has none but those for want of a mail. */
  readonly digest: number
  /** Time in which records with the same fingerprint are told once; 0 is none. */
  readonly dedupe: number
}

/** What a {@link MailPlan} looks at. */
export interface PlannedRecord {
  /** Whom it goes to: each route has mails and digests of its own. */
  readonly route: string
  readonly fingerprint: string
}

interface Route {
  /** No mail of a single record before this time. */
  quietUntil: number
  /** When what waits may go; undefined when nothing waits. */
  dueAt: number | undefined
  /** Of what waits. */
  readonly fingerprints: Set<string>
}

const HOUR = 3_600_000

// A program that makes a new text for each error must not fill the memory. What is forgotten is mailed once more.
const MAX_FINGERPRINTS = 10_000

/**
 * Plans the mails of a handler. In no hour are there more than the cap, except by `finish`: a mail counts from when it is
 * planned, or, told by `hold` and `went`, until an hour after it went.
 */
export class MailPlan {
  readonly #settings: PlanSettings
  // When the mails of the last hour went, oldest first.
  readonly #sent: number[] = []
  #held = 0
  readonly #routes = new Map<string, Route>()
  // Until when a fingerprint is known to have been told.
  readonly #told = new Map<string, number>()

  constructor(settings: PlanSettings) {
    this.#settings = settings
  }

  /** Whether the record is mailed now, which counts as done; otherwise it waits for the digest of its route. */
  admit({ route: name, fingerprint }: PlannedRecord, now: number): boolean {
    const route = this.#route(name)
    const key = `${name}\0${fingerprint}`
    const until = this.#waitsUntil(route, key, now)
    if (until === undefined) {
      this.#mail(route, [key], now)
      return true
    }
    this.defer({ route: name, fingerprint }, until)
    return false
  }

  /** The record waits for the digest of its route, which is due at `at` or before. */
  defer({ route: name, fingerprint }: PlannedRecord, at: number): void {
    const route = this.#route(name)
    route.dueAt = Math.min(route.dueAt ?? at, at)
    if (route.fingerprints.size < MAX_FINGERPRINTS) route.fingerprints.add(`${name}\0${fingerprint}`)
  }

  /** The mails that were planned last, so many, are held until the server takes them. */
  hold(mails: number): void {
    this.#sent.splice(Math.max(0, this.#sent.length - mails))
    this.#held += mails
  }

  /** A mail that was held has gone, or never will. */
  went(now: number): void {
    this.#held--
    if (this.#settings.maxMailsPerHour > 0) this.#sent.push(now)
  }

  /** The routes whose digests go now, which counts as done. */
  due(now: number): readonly string[] {
    return this.#release(now, now)
  }

  /** The same, whether their time has come or not: only the cap holds them back. */
  flush(now: number): readonly string[] {
    return this.#release(now, Number.POSITIVE_INFINITY)
  }

  /** When `due` has something to say next: Infinity while too many mails are held; undefined when nothing waits. */
  nextAt(now: number): number | undefined {
    const times = [...this.#routes.values()].flatMap(({ dueAt }) => dueAt ?? [])
    return times.length === 0 ? undefined : Math.max(Math.min(...times), this.#freeAt(now))
  }

  /** The end: the routes for which something waits, which goes now whatever the cap is. */
  finish(): readonly string[] {
    const waiting = [...this.#routes].filter(([, { dueAt }]) => dueAt !== undefined)
    for (const [, route] of waiting) settle(route)
    return waiting.map(([name]) => name)
  }

  #release(now: number, dueBy: number): readonly string[] {
    const released: string[] = []
    for (const [name, route] of this.#routes) {
      if (route.dueAt === undefined || route.dueAt > dueBy || this.#freeAt(now) > now) continue
      this.#mail(route, [...route.fingerprints], now)
      settle(route)
      released.push(name)
    }
    return released
  }

  #waitsUntil(route: Route, key: string, now: number): number | undefined {
    if (now < route.quietUntil) return route.quietUntil
    const told = this.#told.get(key) ?? 0
    if (now < told) return told
    // The cap holds for digests too, whenever they are due.
    if (this.#freeAt(now) > now) return now
    // What waited for this mail goes first, with this record.
    return route.dueAt !== undefined && route.dueAt <= now ? now : undefined
  }

  #mail(route: Route, keys: readonly string[], now: number): void {
    if (this.#settings.maxMailsPerHour > 0) this.#sent.push(now)
    route.quietUntil = now + this.#settings.digest
    if (this.#settings.dedupe > 0) for (const key of keys) this.#tell(key, now)
  }

  #tell(key: string, now: number): void {
    this.#told.delete(key)
    this.#told.set(key, now + this.#settings.dedupe)
    for (const [first, until] of this.#told) {
      if (until > now && this.#told.size <= MAX_FINGERPRINTS) break
      this.#told.delete(first)
    }
  }

  // When there may be another mail.
  #freeAt(now: number): number {
    const { maxMailsPerHour } = this.#settings
    while ((this.#sent[0] ?? now) <= now - HOUR) this.#sent.shift()
    if (maxMailsPerHour === 0 || this.#sent.length + this.#held < maxMailsPerHour) return now
    const [oldest = Number.POSITIVE_INFINITY] = this.#sent
    return oldest + HOUR
  }

  #route(name: string): Route {
    const route = this.#routes.get(name) ?? { quietUntil: 0, dueAt: undefined, fingerprints: new Set<string>() }
    this.#routes.set(name, route)
    return route
  }
}

function settle(route: Route): void {
  route.dueAt = undefined
  route.fingerprints.clear()
}
