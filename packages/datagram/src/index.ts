// Records as datagrams, over UDP or a Unix socket.

import {
  bytes,
  type Check,
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  Handler,
  type Monitor,
  type OptionTable,
  type OutboxOptions,
  oneOf,
  optionTable,
  outboxChecks,
  outboxDefaults,
  requireOptional,
  resolveOptions,
  type Size,
  toError,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import {
  checkUnixDatagram,
  datagramClient,
  hostCheck,
  portCheck,
  type RetryOptions,
  retryChecks,
  retryDefaults,
  Sender,
  unixDatagramClient,
} from '@pino-handlers/core/net'
import {
  type DatagramLimit,
  type Oversize,
  type WireOptions,
  wireChecks,
  wireDefaults,
  wireFormat,
} from '@pino-handlers/core/wire'

/** Options of {@link datagram}. */
export interface DatagramOptions extends CommonOptions, WireOptions, OutboxOptions, RetryOptions {
  /** The receiver's name or address; with port null the path of its Unix socket. Python: `host`. */
  host: string
  /** The receiver's port, or null. Python: `port`. */
  port: number | null
  /** Bytes of the largest datagram, length and signature included; 0 leaves it to the system, as Python does. Default: what UDP over IPv4 carries. */
  maxDatagramBytes?: Size
  /** What becomes of a record that needs a larger one: 'truncate' sends what there is room for, 'drop' nothing, as Python does. */
  oversize?: Oversize
}

const checks = {
  host: pathOrHost(hostCheck),
  port: portCheck,
  ...wireChecks,
  maxDatagramBytes: bytes,
  oversize: oneOf('truncate', 'drop'),
  ...retryChecks,
  ...outboxChecks,
  ...commonChecks,
} satisfies Checks<DatagramOptions>

const defaults = {
  ...wireDefaults,
  maxDatagramBytes: 65_507,
  oversize: 'truncate' as const,
  ...retryDefaults,
  ...outboxDefaults,
  ...commonDefaults,
}

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Sends each record as one datagram, as a pickle for Python's receivers, as JSON or as a line. Times are seconds, sizes are
 * bytes. Throws a HandlerOptionError for a wrong option, and for a path where there are no Unix datagrams.
 * Python: `logging.handlers.DatagramHandler`.
 */
export default function datagram(options: DatagramOptions): Handler {
  const settings = resolveOptions('datagram', checks, defaults, options)
  const { host, port } = settings
  const format = wireFormat('datagram', settings)
  const client = port === null ? unixDatagramClient({ path: host, load }) : datagramClient({ host, port })
  const readsRecords = settings.format === 'pickle'
  return new Handler({ name: 'datagram', settings, readsRecords }, (monitor) => {
    const limit = limitOf(settings, monitor)
    return new Sender(client, (batch, onInvalid) => format.datagrams(batch, onInvalid, limit), settings, monitor)
  })
}

/** {@link datagram} as a target of `pino.transport()`, with options that are checked at once. */
export function datagramTarget(options: DatagramOptions, level?: string): WorkerTarget {
  return workerTarget('datagram', import.meta.url, { options, level }, () =>
    wireFormat('datagram', resolveOptions('datagram', checks, defaults, options)),
  )
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof datagram, typeof import('./index.js')> = Object.assign(datagram, {
  datagram,
  datagramTarget,
  options,
})

export { commonJs as 'module.exports', datagram }

function limitOf(
  { maxDatagramBytes, oversize }: { readonly maxDatagramBytes: number; readonly oversize: Oversize },
  monitor: Monitor,
): DatagramLimit {
  return {
    maxBytes: maxDatagramBytes || Number.POSITIVE_INFINITY,
    oversize,
    dropped(size) {
      const words = `a record of ${size} bytes is dropped: maxDatagramBytes is ${maxDatagramBytes}`
      monitor.dropped(1, 'oversize')
      monitor.failure('oversize', Object.assign(new Error(words), { code: 'EMSGSIZE' }))
    },
  }
}

function load(): unknown {
  return requireOptional('koffi', import.meta.url)
}

// What a path needs does not come by waiting, so that it is missed at construction.
function pathOrHost<C extends Check<string>>(check: C): C {
  return {
    ...check,
    parse(value, given) {
      try {
        if (given.port === null) checkUnixDatagram(load)
      } catch (error) {
        throw new Error(`cannot be a path here: ${toError(error).message}`, { cause: error })
      }
      return check.parse(value, given)
    },
  }
}
