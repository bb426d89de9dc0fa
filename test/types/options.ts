// Never run: it compiles, under nodenext and under bundler resolution, or the types have changed.
import { gracefulShutdown } from '@pino-handlers/core'
import datagram, { type DatagramOptions, datagramTarget, datagram as sameDatagram } from '@pino-handlers/datagram'
import file, { type FileOptions, fileTarget, file as sameFile } from '@pino-handlers/file'
import http, { type HttpOptions, httpTarget, http as sameHttp } from '@pino-handlers/http'
import memory, { type MemoryOptions, memoryTarget, memory as sameMemory } from '@pino-handlers/memory'
import ntEventlog, {
  getEventType,
  type NtEventlogOptions,
  ntEventlogTarget,
  registerEventSource,
  ntEventlog as sameNtEventlog,
} from '@pino-handlers/nt-eventlog'
import nullHandler, { type NullOptions, nullTarget, nullHandler as sameNull } from '@pino-handlers/null'
import queue, { memoryQueue, type QueueOptions, queueTarget, queue as sameQueue } from '@pino-handlers/queue'
import queueAmqp, { queueAmqp as sameQueueAmqp } from '@pino-handlers/queue-amqp'
import queueListener, {
  type QueueListenerOptions,
  queueListenerTarget,
  queueListener as sameQueueListener,
} from '@pino-handlers/queue-listener'
import queueNats, { queueNats as sameQueueNats } from '@pino-handlers/queue-nats'
import queueRedis, { queueRedis as sameQueueRedis } from '@pino-handlers/queue-redis'
import rotatingFile, {
  type RotatingFileOptions,
  rotatingFileTarget,
  rotatingFile as sameRotatingFile,
} from '@pino-handlers/rotating-file'
import smtp, { type SmtpOptions, smtp as sameSmtp, smtpTarget } from '@pino-handlers/smtp'
import socket, { type SocketOptions, socket as sameSocket, socketTarget } from '@pino-handlers/socket'
import stream, { type StreamOptions, stream as sameStream, streamTarget } from '@pino-handlers/stream'
import syslog, { encodePriority, type SyslogOptions, syslog as sameSyslog, syslogTarget } from '@pino-handlers/syslog'
import timedRotatingFile, {
  timedRotatingFile as sameTimedRotatingFile,
  type TimedRotatingFileOptions,
  timedRotatingFileTarget,
} from '@pino-handlers/timed-rotating-file'
import watchedFile, {
  type Reopen,
  reopenOnSighup,
  watchedFile as sameWatchedFile,
  type WatchedFileOptions,
  watchedFileTarget,
} from '@pino-handlers/watched-file'
import pino from 'pino'

// A target's options are those of its handler.
const filename = 'app.log'
pino.transport<FileOptions>({ target: '@pino-handlers/file', options: { filename } })
pino.transport<FileOptions>({ target: '@pino-handlers/file', options: { filename, mode: 'w', maxQueueBytes: '10MB' } })
pino.transport<NullOptions>({ target: '@pino-handlers/null', options: {} })
pino.transport<NullOptions>({ target: '@pino-handlers/null' })
pino.transport<StreamOptions>({ target: '@pino-handlers/stream', options: { stream: 'stdout' } })

const watched = '@pino-handlers/watched-file'
pino.transport<WatchedFileOptions>({ target: watched, options: { filename, checkInterval: 5 } })

const rotating = '@pino-handlers/rotating-file'
pino.transport<RotatingFileOptions>({ target: rotating, options: { filename, maxBytes: '10MB', backupCount: 5 } })
pino.transport<RotatingFileOptions>({
  target: rotating,
  options: { filename, namer: './hooks.js#namer', compress: 'gzip' },
})
rotatingFile({
  filename,
  maxBytes: 1e7,
  maxTotalBytes: '1GB',
  namer: (name) => `${name}.txt`,
  rotator: (from, to) => `${from}${to}`,
})

const timed = '@pino-handlers/timed-rotating-file'
pino.transport<TimedRotatingFileOptions>({ target: timed, options: { filename, when: 'midnight', backupCount: 14 } })
pino.transport<TimedRotatingFileOptions>({ target: timed, options: { filename, when: 'w0', atTime: '03:30' } })
timedRotatingFile({ filename, cron: '0 0 1 * *', timeZone: 'Europe/Berlin', maxBytes: '1GB', rotateIdle: true })

const host = 'logs.example'
const port = 9020
const socketName = '@pino-handlers/socket'
pino.transport<SocketOptions>({ target: socketName, options: { host, port } })
pino.transport<SocketOptions>({
  target: socketName,
  options: { host: '/run/log.sock', port: null, format: 'ndjson' },
})
pino.transport<SocketOptions>({
  target: socketName,
  options: {
    host,
    port,
    tls: { ca: '/etc/ssl/ca.pem', minVersion: 'TLSv1.3' },
    hmac: { key: 'k' },
    resendWindow: '1MB',
  },
})
pino.transport<SocketOptions>({ target: socketName, options: { host, port, makePickle: './hooks.js#pickle' } })
socket({ host, port, makePickle: ({ message }) => Buffer.from(message), overflow: 'block', protectLevel: 'warn' })

const datagramName = '@pino-handlers/datagram'
pino.transport<DatagramOptions>({ target: datagramName, options: { host, port, hmac: { key: 'k' } } })
pino.transport<DatagramOptions>({ target: datagramName, options: { host: '/run/log.sock', port: null } })
datagram({ host, port, format: 'ndjson', maxDatagramBytes: '8KiB', oversize: 'drop', retryMax: 5 })

const syslogName = '@pino-handlers/syslog'
pino.transport<SyslogOptions>({ target: syslogName })
pino.transport<SyslogOptions>({
  target: syslogName,
  options: { address: '/dev/log', protocol: 'local', facility: 16 },
})
pino.transport<SyslogOptions>({
  target: syslogName,
  options: {
    address: [host, 6514],
    socktype: 'tls',
    tls: { ca: '/etc/ssl/ca.pem' },
    protocol: 'rfc5424',
    msgId: 'event',
  },
})
syslog({ mapPriority: (levelname) => (levelname === 'INFO' ? 'notice' : 'err'), maxMessageBytes: '8KiB' })
encodePriority('local0', 'info') satisfies number

const eventlog = '@pino-handlers/nt-eventlog'
pino.transport<NtEventlogOptions>({ target: eventlog, options: { appname: 'shop' } })
pino.transport<NtEventlogOptions>({
  target: eventlog,
  options: { appname: 'shop', logtype: 'Shops', typemap: { notice: 'warning', 60: 16 }, data: './hooks.js#data' },
})
ntEventlog({ appname: 'shop', strings: (record, text) => [text, record.levelname], onUnsupported: 'silent' })
getEventType(20) satisfies number
registerEventSource({ appname: 'shop', dllname: 'messages.dll' })

const httpName = '@pino-handlers/http'
const url = '/logs'
pino.transport<HttpOptions>({ target: httpName, options: { host, url } })
pino.transport<HttpOptions>({
  target: httpName,
  options: {
    host: 'logs.example:8443',
    url,
    method: 'POST',
    secure: true,
    context: { ca: '/etc/ssl/ca.pem' },
    credentials: ['shop', 'secret'],
    mapLogRecord: './hooks.js#fields',
  },
})
pino.transport<HttpOptions>({
  target: httpName,
  options: { host, url, format: 'ndjson', headers: { 'x-api-key': 'k' }, maxBatchBytes: '1MB', flushLevel: 'warn' },
})
http({ host, preset: 'loki', labels: { app: 'shop' }, deadLetter: 'refused.ndjson' })
http({ host, url, format: 'json', mapLogRecord: ({ name, message }) => ({ name, message }) })

const smtpName = '@pino-handlers/smtp'
const mail = { mailhost: 'mail.example', fromaddr: 'app@example.com', toaddrs: ['ops@example.com'], subject: 'failed' }
pino.transport<SmtpOptions>({ target: smtpName, options: mail })
pino.transport<SmtpOptions>({
  target: smtpName,
  options: { ...mail, mailhost: ['mail.example', 587], credentials: ['shop', 'secret'], secure: 'starttls-required' },
})
smtp({
  ...mail,
  secure: ['key.pem', 'cert.pem'],
  getSubject: ({ levelname }) => levelname,
  digest: 300,
  maxConnections: 1,
})

const memoryName = '@pino-handlers/memory'
const fileName = { target: '@pino-handlers/file', options: { filename } }
pino.transport<MemoryOptions>({ target: memoryName, options: { capacity: 1000, target: fileName } })
pino.transport<MemoryOptions>({
  target: memoryName,
  options: { capacity: 1000, target: fileName, keyBy: 'reqId', onFull: 'drop-oldest', flushLevel: 'warn' },
})
memory({ capacity: 10, target: file({ filename }), shouldFlush: ({ level }, buffered) => level > 40 || buffered > 5 })
memory({ capacity: 10 }).setTarget(process.stdout)

const queueName = '@pino-handlers/queue'
pino.transport<QueueOptions>({ target: queueName, options: { queue: { type: 'socket', path: '/run/log.sock' } } })
pino.transport<QueueOptions>({ target: queueName, options: { queue: { type: 'directory', path: 'spool' } } })
pino.transport<QueueOptions>({
  target: queueName,
  options: { queue: { type: 'redis', url, spool: { path: 'spool' } } },
})
queue({ queue: queueRedis({ url, cluster: { rootNodes: [{ url }] }, overflow: 'drop-oldest' }) })
queue({ queue: queueNats({ servers: [url], client: { user: 'logs', pass: 'secret' }, maxBytes: '1GB' }) })
queue({ queue: queueAmqp({ url, tls: true, quorum: true, overflow: 'drop-oldest', deadLetterExchange: 'dead' }) })
const records = memoryQueue()
queue({ queue: records, prepare: ({ line }) => line, overflow: 'drop-newest' })

const listenerName = '@pino-handlers/queue-listener'
pino.transport<QueueListenerOptions>({
  target: listenerName,
  options: { handlers: [fileName, { target: 'pino-pretty', level: 'warn', maxLevel: 50, fallback: fileName }] },
})
const listener = queueListener({
  queue: records,
  handlers: [file({ filename }), { stream: process.stdout, level: 'error' }],
})
listener.start() satisfies Promise<void>

// What every handler takes.
pino.transport<FileOptions>({ target: '@pino-handlers/file', options: { filename, level: 'warn', filter: 'app' } })
pino.transport<NullOptions>({ target: '@pino-handlers/null', options: { level: 35, onError: 'ignore' } })
pino.transport<StreamOptions>({ target: '@pino-handlers/stream', options: { formatter: { fmt: '%(message)s' } } })
pino.transport<StreamOptions>({ target: '@pino-handlers/stream', options: { formatter: './format.js#line' } })
stream({ formatter: (record) => record.message, filter: (record) => record.levelno > 20 })

// An option of no handler, or of another one, does not compile.
// @ts-expect-error
pino.transport<FileOptions>({ target: '@pino-handlers/file', options: { filename, maxbytes: 1 } })
// @ts-expect-error
pino.transport<FileOptions>({ target: '@pino-handlers/file', options: { fileName: 'app.log' } })
// @ts-expect-error
pino.transport<StreamOptions>({ target: '@pino-handlers/stream', options: { filename } })
// @ts-expect-error
pino.transport<NullOptions>({ target: '@pino-handlers/null', options: { filename } })
// @ts-expect-error
file({ filename, maxbytes: 1 })
// @ts-expect-error
stream({ formatter: { format: '%(message)s' } })
// @ts-expect-error
pino.transport<WatchedFileOptions>({ target: watched, options: { filename, checkinterval: 5 } })
// @ts-expect-error
pino.transport<RotatingFileOptions>({ target: rotating, options: { filename, max_bytes: 5 } })
// @ts-expect-error
pino.transport<TimedRotatingFileOptions>({ target: timed, options: { filename, at_time: '03:30' } })
// @ts-expect-error
pino.transport<SocketOptions>({ target: socketName, options: { host, port, retry_start: 1 } })
// @ts-expect-error
pino.transport<SocketOptions>({ target: socketName, options: { host, port, tls: { serverName: host } } })
// @ts-expect-error
pino.transport<DatagramOptions>({ target: datagramName, options: { host, port, maxDatagrambytes: 1 } })
// @ts-expect-error
datagram({ host, port, resendWindow: 1 })

// @ts-expect-error
pino.transport<SyslogOptions>({ target: syslogName, options: { append_nul: false } })
// @ts-expect-error
pino.transport<NtEventlogOptions>({ target: eventlog, options: { appname: 'shop', logType: 'System' } })
// @ts-expect-error
pino.transport<MemoryOptions>({ target: memoryName, options: { capacity: 1, flush_level: 50 } })
// @ts-expect-error
pino.transport<QueueOptions>({ target: queueName, options: { queue: { type: 'socket', path: 'x' }, queueSize: 1 } })
// @ts-expect-error
queueRedis({ url, maxLenght: 5 })
// @ts-expect-error
queueNats({ server: url })
// @ts-expect-error
queueAmqp({ url, exchnage: 'logs' })
// @ts-expect-error
pino.transport<HttpOptions>({ target: httpName, options: { host, url, deadletter: 'refused.ndjson' } })
// @ts-expect-error
pino.transport<SmtpOptions>({ target: smtpName, options: { ...mail, maxMailsPerhour: 10 } })
// @ts-expect-error
queueListener({ handlers: [{ target: 'x', lvl: 'warn' }] })

// Neither does a wrong value.
// @ts-expect-error
pino.transport<NtEventlogOptions>({ target: eventlog, options: { appname: 'shop', typemap: { info: 'loud' } } })
// @ts-expect-error
ntEventlog({ appname: 'shop', getMessageID: () => '1' })
// @ts-expect-error
memory({ capacity: '1000' })
// @ts-expect-error
memory({ capacity: 1, onFull: 'drop' })
// @ts-expect-error
queue({ queue: 5 })
// @ts-expect-error
queueRedis({ url, claimAfter: '30' })
// @ts-expect-error
queueNats({ servers: 4222 })
// @ts-expect-error
queueAmqp({ url, overflow: 'drop-newest' })
// @ts-expect-error
pino.transport<HttpOptions>({ target: httpName, options: { host, url, method: 'PUT' } })
// @ts-expect-error
http({ host, url, preset: 'seq' })
// @ts-expect-error
pino.transport<SmtpOptions>({ target: smtpName, options: { ...mail, mailhost: 'mail.example', secure: 'ssl' } })
// @ts-expect-error
smtp({ ...mail, credentials: 'shop:secret' })
// @ts-expect-error
queueListener({ handlers: fileName })
// @ts-expect-error
pino.transport<SyslogOptions>({ target: syslogName, options: { address: 'localhost', socktype: 'dgram' } })
// @ts-expect-error
syslog({ address: [host] })
// @ts-expect-error
syslog({ structuredData: { id: 'app@32473' } })
// @ts-expect-error
pino.transport<DatagramOptions>({ target: datagramName, options: { host, port, oversize: 'split' } })
// @ts-expect-error
pino.transport<SocketOptions>({ target: socketName, options: { host, port: '9020' } })
// @ts-expect-error
pino.transport<SocketOptions>({ target: socketName, options: { host, port, format: 'msgpack' } })
// @ts-expect-error
socket({ host, port, makePickle: ({ message }) => message })
// @ts-expect-error
pino.transport<TimedRotatingFileOptions>({ target: timed, options: { filename, when: 'X' } })
// @ts-expect-error
timedRotatingFile({ filename, atTime: 330 })
// @ts-expect-error
pino.transport<WatchedFileOptions>({ target: watched, options: { filename, checkInterval: '5s' } })
// @ts-expect-error
pino.transport<RotatingFileOptions>({ target: rotating, options: { filename, maxBytes: 'much' } })
// @ts-expect-error
pino.transport<RotatingFileOptions>({ target: rotating, options: { filename, compress: 'zip' } })
// @ts-expect-error
pino.transport<FileOptions>({ target: '@pino-handlers/file', options: { filename: 1 } })
// @ts-expect-error
pino.transport<FileOptions>({ target: '@pino-handlers/file', options: { filename, mode: 'x+' } })
// @ts-expect-error
pino.transport<FileOptions>({ target: '@pino-handlers/file', options: { filename, maxQueueBytes: 'much' } })
// @ts-expect-error
pino.transport<StreamOptions>({ target: '@pino-handlers/stream', options: { stream: 'stdin' } })
// @ts-expect-error
pino.transport<NullOptions>({ target: '@pino-handlers/null', options: { onError: 'explode' } })

// What Python requires is required.
// @ts-expect-error
pino.transport<FileOptions>({ target: '@pino-handlers/file', options: {} })
// @ts-expect-error
file()
// @ts-expect-error
file({})
// @ts-expect-error
socket({ host })
// @ts-expect-error
memory({})
// @ts-expect-error
queue({})
// @ts-expect-error
http({ url })
// @ts-expect-error
smtp({ mailhost: host, fromaddr: 'app@example.com', subject: 'failed' })
// @ts-expect-error
queueListener({})

// In-process, the same export is a factory of a stream that pino takes.
pino(file({ filename }))
pino(nullHandler())
pino(syslog())
pino(stream())
pino({}, pino.multistream([{ level: 'debug', stream: file({ filename }) }, { stream: stream() }]))

// A target with its options, for a transport of one or of several, and for our handlers of handlers.
pino.transport(fileTarget({ filename }))
pino.transport({
  targets: [
    datagramTarget({ host, port }),
    httpTarget({ host, url }, 'warn'),
    ntEventlogTarget({ appname: 'shop' }),
    nullTarget(),
    queueTarget({ queue: { type: 'memory', name: 'logs' } }),
    rotatingFileTarget({ filename, maxBytes: '10MB' }, 'silent'),
    smtpTarget(mail),
    socketTarget({ host, port }),
    streamTarget(),
    syslogTarget(),
    timedRotatingFileTarget({ filename, when: 'midnight' }),
    watchedFileTarget({ filename }),
  ],
})
pino({ transport: queueListenerTarget({ handlers: [fileTarget({ filename }), streamTarget({}, 'error')] }) })
pino({ transport: { targets: [memoryTarget({ capacity: 10, target: fileTarget({ filename }) }), streamTarget()] } })
// @ts-expect-error
fileTarget({ filename, maxbytes: 1 })
// @ts-expect-error
rotatingFileTarget({ maxBytes: 1 })
// @ts-expect-error
syslogTarget({ socktype: 'dgram' })
// @ts-expect-error
streamTarget({}, 30)

// Any logger of pino, with levels of its own as well.
gracefulShutdown(pino()).remove()
gracefulShutdown(pino({ customLevels: { notice: 35 } }).child({}), {
  before: async (reason) => reason === 'SIGTERM',
  timeout: 5,
  signals: ['SIGTERM', 'SIGHUP'],
}).close() satisfies Promise<void>
// @ts-expect-error
gracefulShutdown(process.stdout)
// @ts-expect-error
gracefulShutdown(pino(), { timeOut: 5 })
// @ts-expect-error
gracefulShutdown(pino(), { signals: 'SIGTERM' })

// SIGHUP is for transports and handlers alike, not for loggers.
reopenOnSighup(
  pino.transport({ target: watched, options: { filename } }),
  watchedFile({ filename }),
) satisfies () => void
watchedFile({ filename }).on('reopen', ({ reason, reopens }: Reopen) => `${reason} ${reopens}`)
// @ts-expect-error
reopenOnSighup(pino())

// The default export is also the named one.
sameDatagram satisfies typeof datagram
sameFile satisfies typeof file
sameHttp satisfies typeof http
sameMemory satisfies typeof memory
sameNtEventlog satisfies typeof ntEventlog
sameNull satisfies typeof nullHandler
sameQueue satisfies typeof queue
sameQueueListener satisfies typeof queueListener
sameQueueRedis satisfies typeof queueRedis
sameQueueNats satisfies typeof queueNats
sameQueueAmqp satisfies typeof queueAmqp
sameRotatingFile satisfies typeof rotatingFile
sameSmtp satisfies typeof smtp
sameSocket satisfies typeof socket
sameSyslog satisfies typeof syslog
sameStream satisfies typeof stream
sameTimedRotatingFile satisfies typeof timedRotatingFile
sameWatchedFile satisfies typeof watchedFile
