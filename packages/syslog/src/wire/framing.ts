// How a receiver finds where a message ends. RFC 6587 has octet counting and a byte at the end.

/** What a message is put into. */
export type Framing = 'octet-counting' | 'lf' | 'nul' | 'none'

/** What a message looks like: CPython's, or one of the formats that syslog daemons know. */
export type Protocol = 'python' | 'rfc3164' | 'rfc5424' | 'local'

/** What carries the messages, as far as framing is concerned. */
export type Carrier = 'datagram' | 'stream' | 'tls'

/**
 * The framing unless the user says which: none for datagrams, octet counting on TLS (RFC 5425) and for 'rfc5424', a
 * newline for what is left. CPython's messages have an end of their own on a stream, its NUL, which is all they get.
 */
export function defaultFraming(protocol: Protocol, carrier: Carrier, appendNul: boolean): Framing {
  if (carrier === 'datagram') return 'none'
  if (carrier === 'tls' || protocol === 'rfc5424') return 'octet-counting'
  return protocol === 'python' && appendNul ? 'none' : 'lf'
}

/** Puts one message into its frame. */
export function frame(message: string, framing: Framing): string {
  switch (framing) {
    case 'octet-counting':
      return `${Buffer.byteLength(message)} ${message}`
    case 'lf':
      return `${message}\n`
    case 'nul':
      return `${message}\0`
    case 'none':
      return message
  }
}
