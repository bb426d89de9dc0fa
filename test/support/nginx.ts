// nginx as .ci/unpack-servers leaves it, in front of a server of the test.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Identity } from './certificates.js'
import { skipWithout } from './required.js'
import { freePort, ServerProcess } from './server-process.js'
import { UNPACKED } from './syslog-server.js'
import { tempDir } from './temp-dir.js'

/** What nginx does beside passing requests on. */
export interface NginxOptions {
  /** Directives for all requests, such as `keepalive_requests 2;`. */
  readonly directives?: string
  /** Speak TLS as this server. */
  readonly identity?: Identity
}

/** A running nginx. */
export interface Nginx {
  readonly host: string
  readonly port: number
  /** The path of the Unix socket where the server behind it has to listen. */
  readonly upstream: string
}

/** Starts nginx on 127.0.0.1, until the test ends; skips the test where it is missing. */
export async function startNginx(t: TestContext, options: NginxOptions = {}): Promise<Nginx | undefined> {
  const command = join(UNPACKED, 'usr/sbin/nginx')
  if (!existsSync(command)) return skipWithout(t, 'nginx in build/servers (.ci/unpack-servers)')
  // Registered first, so that it has ended when its folder goes.
  let server: ServerProcess | undefined
  t.after(() => server?.stop('SIGKILL'))
  const dir = tempDir(t)
  const port = await freePort()
  const upstream = join(dir, 'upstream.sock')
  writeFileSync(join(dir, 'nginx.conf'), configOf(dir, port, upstream, options))
  server = await ServerProcess.start({
    command,
    args: ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', 'stderr'],
    env: { PATH: process.env.PATH },
    accepts: [{ host: '127.0.0.1', port }],
  })
  return { host: `127.0.0.1:${port}`, port, upstream }
}

function configOf(dir: string, port: number, upstream: string, { directives = '', identity }: NginxOptions): string {
  if (identity) {
    writeFileSync(join(dir, 'cert.pem'), identity.cert)
    writeFileSync(join(dir, 'key.pem'), identity.key, { mode: 0o600 })
  }
  const tls = `ssl_certificate ${dir}/cert.pem; ssl_certificate_key ${dir}/key.pem;`
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((use) => `${use}_temp_path ${dir}/${use};`)
  return `
    daemon off;
    # One process, which ends by its own number.
    master_process off;
    pid ${dir}/nginx.pid;
    error_log stderr;
    events { worker_connections 64; }
    http {
      ${temporary.join('\n      ')}
      access_log off;
      ${directives}
      server {
        listen 127.0.0.1:${port}${identity ? ' ssl' : ''};
        ${identity ? tls : ''}
        location / { proxy_pass http://unix:${upstream}:; }
      }
    }
  `
}
