// rsyslogd as .ci/unpack-servers leaves it.

import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { skipWithout } from './required.js'
import { type SyslogInputs, SyslogServer, UNPACKED, unpackedFolder } from './syslog-server.js'

/** How an rsyslogd differs from one that nobody configured. */
export interface RsyslogOptions {
  /** Writes control characters as `#012` and the like, NUL always. Default: true, as rsyslog does. */
  readonly escapeControlCharacters?: boolean
}

/** Starts rsyslogd for a test; skips the test where it is missing. */
export async function startRsyslog(t: TestContext, options: RsyslogOptions = {}): Promise<SyslogServer | undefined> {
  const modules = unpackedFolder('lmnsd_gtls.so')
  if (!modules) return skipWithout(t, 'rsyslogd in build/servers (.ci/unpack-servers)')
  return await SyslogServer.start(t, {
    command: join(UNPACKED, 'usr/sbin/rsyslogd'),
    args: (dir) => ['-n', '-f', join(dir, 'daemon.conf'), '-i', join(dir, 'pid'), '-M', modules],
    env: {},
    config: (dir, inputs) => rsyslogConfig(dir, inputs, options),
  })
}

function rsyslogConfig(dir: string, inputs: SyslogInputs, { escapeControlCharacters = true }: RsyslogOptions): string {
  const from = (name: keyof SyslogInputs): string => `ruleset="${name}"`
  const port = (name: 'udp' | 'tcpLf' | 'tcpOctet' | 'tlsOctet'): string =>
    `address="127.0.0.1" port="${inputs[name]}" ${from(name)}`
  // Its limit on messages from one process has nothing to do with the protocol.
  const socket = (name: 'unixDatagram' | 'devLog'): string =>
    `type="imuxsock" socket="${inputs[name]}" rateLimit.interval="0" ${from(name)}`
  const rulesets = Object.keys(inputs).map((name) => `ruleset(name="${name}") { set $.input = "${name}"; call write }`)
  return `
    global(
      workDirectory="${dir}/work"
      maxMessageSize="64k"
      net.enableDNS="off"
      parser.escapeControlCharactersOnReceive="${escapeControlCharacters ? 'on' : 'off'}"
      defaultNetstreamDriverCAFile="${dir}/ca.pem"
      defaultNetstreamDriverCertFile="${dir}/cert.pem"
      defaultNetstreamDriverKeyFile="${dir}/key.pem"
    )
    module(load="imudp")
    module(load="imuxsock" sysSock.use="off")
    module(load="imptcp")
    module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
    template(name="json" type="list" option.jsonf="on") {
      property(name="$.input" outname="input" format="jsonf")
      property(name="syslogfacility" outname="facility" format="jsonf")
      property(name="syslogseverity" outname="severity" format="jsonf")
      property(name="timereported" outname="time" format="jsonf" dateFormat="rfc3339")
      property(name="hostname" outname="hostname" format="jsonf")
      property(name="app-name" outname="app" format="jsonf")
      property(name="procid" outname="procid" format="jsonf")
      property(name="msgid" outname="msgid" format="jsonf")
      property(name="structured-data" outname="data" format="jsonf")
      property(name="msg" outname="msg" format="jsonf")
      property(name="rawmsg" outname="raw" format="jsonf")
    }
    ruleset(name="write") { action(type="omfile" file="${dir}/messages" template="json") }
    ${rulesets.join('\n    ')}
    input(type="imudp" ${port('udp')})
    input(${socket('unixDatagram')} useSpecialParser="off" ignoreTimestamp="off")
    input(${socket('devLog')})
    input(type="imptcp" ${port('tcpLf')})
    input(type="imptcp" ${port('tcpOctet')})
    input(type="imptcp" path="${inputs.unixStream}" unlink="on" ${from('unixStream')})
    input(type="imtcp" ${port('tlsOctet')})
  `
}
