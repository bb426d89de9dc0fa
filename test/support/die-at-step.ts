// A process that kills itself at its n-th step on the disk, whichever that is.

/** The steps of a process, before one of which it dies. */
export class Steps {
  readonly #killAt: number
  /** How many there were. */
  count = 0

  /** Dies at the step `killAt`; 0 never. */
  constructor(killAt: number) {
    this.#killAt = killAt
  }

  /** Makes each call of a method two steps, one before and one after it or while it is under way. */
  of(owner: object, method: string): void {
    const original = Reflect.get(owner, method)
    const step = (): void => this.#step()
    Reflect.set(owner, method, function (this: unknown, ...args: unknown[]) {
      step()
      const result = Reflect.apply(original, this, args)
      step()
      return result
    })
  }

  #step(): void {
    if (++this.count === this.#killAt) process.kill(process.pid, 'SIGKILL')
  }
}
