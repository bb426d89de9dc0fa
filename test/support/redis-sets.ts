// Several Redis servers that stand in for each other.

import { execFile } from 'node:child_process'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { OwnServer } from './own-server.js'
import { startRedis } from './redis-server.js'
import { freePort } from './server-process.js'

// They copy for several at a time, if these come soon.
const AT_ONCE = 'repl-diskless-sync-delay 0'

/** Servers with copies of what is put into their master. */
export interface RedisSet {
  /** What the client needs to know of it: 'cluster' or 'sentinel', and its options. */
  readonly option: Readonly<Record<string, unknown>>
  /** Ends the server that has the stream; resolves when another one has it. */
  failOver(stream: string): Promise<void>
}

/** Starts a master, two replicas and three sentinels, stopped after the test. */
export async function startSentinels(t: Pick<TestContext, 'after'>): Promise<RedisSet> {
  const master = await startRedis(t, { config: [AT_ONCE] })
  const replicaOf = [AT_ONCE, `replicaof 127.0.0.1 ${master.port}`]
  const replicas = await Promise.all(Array.from({ length: 2 }, () => startRedis(t, { config: replicaOf })))
  const watches = { name: 'logs', port: master.port, quorum: 2 }
  const config = ['sentinel down-after-milliseconds logs 500', 'sentinel failover-timeout logs 3000']
  const sentinels = await Promise.all(Array.from({ length: 3 }, () => startRedis(t, { watches, config })))
  await Promise.all(replicas.map((each) => saying(each, /master_link_status:up/, 'INFO', 'replication')))
  await Promise.all(sentinels.map((each) => saying(each, /slaves=2,sentinels=3/, 'INFO', 'sentinel')))
  return {
    option: {
      sentinel: {
        name: 'logs',
        sentinelRootNodes: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
      },
    },
    async failOver() {
      await master.kill()
      await Promise.any(replicas.map((each) => saying(each, /role:master/, 'INFO', 'replication')))
    },
  }
}

/** Starts a cluster of three masters with a replica each, stopped after the test. */
export async function startCluster(t: Pick<TestContext, 'after'>): Promise<RedisSet> {
  const servers = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const config = [AT_ONCE, 'cluster-enabled yes', 'cluster-node-timeout 2000', `cluster-port ${await freePort()}`]
      return await startRedis(t, { config })
    }),
  )
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`)
  await promisify(execFile)('redis-cli', [
    '--cluster',
    'create',
    ...addresses,
    '--cluster-replicas',
    '1',
    '--cluster-yes',
  ])
  await Promise.all(
    servers.map(async (server) => {
      await saying(server, /cluster_state:ok/, 'CLUSTER', 'INFO')
      await saying(server, /slave0:.*state=online|master_link_status:up/, 'INFO', 'replication')
    }),
  )
  return {
    option: { cluster: { rootNodes: servers.map(({ url }) => ({ url })) } },
    async failOver(stream) {
      const has = async (server: OwnServer): Promise<boolean> =>
        !(await said(server, 'EXISTS', stream)).startsWith('MOVED')
      const having = await Promise.all(servers.map(has))
      const [master] = servers.filter((_, n) => having[n])
      const [other] = servers.filter((_, n) => !having[n])
      await master?.kill()
      const asBefore = new RegExp(`CLUSTERDOWN|:${master?.port}$`, 'm')
      while (other && asBefore.test(await said(other, 'EXISTS', stream)));
      // Which has copies from now on.
      await master?.start()
    },
  }
}

async function saying(server: OwnServer, pattern: RegExp, ...command: readonly string[]): Promise<void> {
  while (!pattern.test(await said(server, ...command)));
}

async function said({ port }: OwnServer, ...command: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(port), ...command])
  return stdout
}
