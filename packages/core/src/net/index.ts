// Clients for destinations outside the process.

export {
  type Address,
  addressCheck,
  addressLabel,
  addressOf,
  type HostAddress,
  hostCheck,
  type PathAddress,
  parsePath,
  portCheck,
} from './address.js'
export {
  afterFailure,
  type BackOff,
  mayConnect,
  NO_FAILURE,
  type RetryOptions,
  type RetrySettings,
  retryChecks,
  retryDefaults,
  withJitter,
} from './back-off.js'
export type { Client, ClientWords, Connection, ConnectionListener, Part } from './client.js'
export { datagramClient } from './datagram-client.js'
export type { GatherSettings } from './gathering.js'
export type { Reconnect } from './link.js'
export { readableError } from './readable-error.js'
export { type Encode, Sender, type SenderSettings } from './sender.js'
export { type StreamTarget, streamClient } from './stream-client.js'
export {
  type StreamClientOptions,
  type StreamSettings,
  streamClientChecks,
  streamClientDefaults,
} from './stream-options.js'
export {
  isCertificateError,
  type PemSource,
  type TlsConnectOptions,
  type TlsOptions,
  type TlsSettings,
  tlsCheck,
  tlsConnectOptions,
  tlsModule,
} from './tls.js'
export { type UnixClient, type UnixKind, type UnixTarget, unixClient } from './unix-client.js'
export { checkUnixDatagram, type UnixDatagramTarget, unixDatagramClient } from './unix-datagram.js'
