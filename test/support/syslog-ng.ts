// syslog-ng as .ci/unpack-servers leaves it.

import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { skipWithout } from './required.js'
import { type SyslogInputs, SyslogServer, UNPACKED, unpackedFolder } from './syslog-server.js'

/** Starts syslog-ng for a test; skips the test where it is missing. */
export async function startSyslogNg(t: TestContext): Promise<SyslogServer | undefined> {
  const modules = unpackedFolder('libafsocket.so')
  if (!modules) return skipWithout(t, 'syslog-ng in build/servers (.ci/unpack-servers)')
  const file = (dir: string, name: string): string => join(dir, 'work', name)
  return await SyslogServer.start(t, {
    command: join(UNPACKED, 'usr/sbin/syslog-ng'),
    args: (dir) => [
      '--foreground',
      '--no-caps',
      `--cfgfile=${join(dir, 'daemon.conf')}`,
      `--pidfile=${file(dir, 'pid')}`,
      `--control=${file(dir, 'control')}`,
      `--persist-file=${file(dir, 'persist')}`,
      `--module-path=${modules}`,
    ],
    env: { LD_LIBRARY_PATH: join(UNPACKED, 'usr/lib/syslog-ng') },
    config: syslogNgConfig,
  })
}

function syslogNgConfig(dir: string, inputs: SyslogInputs): string {
  const at = (port: number): string => `ip("127.0.0.1") port(${port})`
  const drivers: Record<keyof SyslogInputs, string> = {
    udp: `syslog(transport("udp") ${at(inputs.udp)} flags(store-raw-message))`,
    unixDatagram: `unix-dgram("${inputs.unixDatagram}" flags(syslog-protocol, store-raw-message))`,
    devLog: `unix-dgram("${inputs.devLog}" flags(store-raw-message))`,
    tcpLf: `network(transport("tcp") ${at(inputs.tcpLf)} flags(syslog-protocol, store-raw-message))`,
    tcpOctet: `syslog(transport("tcp") ${at(inputs.tcpOctet)} flags(store-raw-message))`,
    tlsOctet: `syslog(transport("tls") ${at(inputs.tlsOctet)} flags(store-raw-message) tls(
      key-file("${dir}/key.pem") cert-file("${dir}/cert.pem") peer-verify(optional-untrusted)))`,
    unixStream: `unix-stream("${inputs.unixStream}" flags(syslog-protocol, store-raw-message))`,
  }
  const sources = Object.entries(drivers).map(([name, driver]) => `source ${name} { ${driver}; };`)
  const uses = Object.keys(drivers).map((name) => `source(${name});`)
  return `@version: current
    options {
      log-msg-size(65536); keep-hostname(yes); use-dns(no); dns-cache(no); stats-freq(0);
      ts-format(iso); frac-digits(6); flush-lines(0);
    };
    ${sources.join('\n    ')}
    destination messages {
      file("${dir}/messages" template("$(format-json input=$SOURCE facility=$FACILITY_NUM severity=$LEVEL_NUM
        time=$S_ISODATE hostname=$HOST app=$PROGRAM procid=$PID msgid=$MSGID data=$SDATA msg=$MSG raw=$RAWMSG)\\n"));
    };
    log { ${uses.join(' ')} destination(messages); };
  `
}
