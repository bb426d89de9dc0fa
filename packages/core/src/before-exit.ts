// The moment at which a process has nothing more to do: what is begun then keeps it going until it is done.

// One listener for all: Node warns of many.
const waiting = new Set<() => void>()

/** Has `last` called once when the process has nothing more to do, unless {@link notBeforeExit} takes that back. */
export function beforeExit(last: () => void): void {
  if (waiting.size === 0) process.on('beforeExit', callAll)
  waiting.add(last)
}

/** Takes back what {@link beforeExit} was told. */
export function notBeforeExit(last: () => void): void {
  if (waiting.delete(last) && waiting.size === 0) process.off('beforeExit', callAll)
}

function callAll(): void {
  for (const last of [...waiting]) {
    notBeforeExit(last)
    last()
  }
}
