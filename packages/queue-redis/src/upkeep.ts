// What a consumer does beside reading, so that nothing is claimed too early, and nothing stays for ever.

import type { RedisConnection } from './connection.js'
import type { RedisSettings } from './options.js'
import { groupsIn, oldestPending, pendingIds } from './replies.js'
import { idAfter, oldestOf } from './stream-id.js'

// Ids in one command.
const SOME = 1000

// Milliseconds after which a consumer that has nothing and says nothing is forgotten.
const FORGET_AFTER = 3600_000

// At once, since a consumer that is forgotten loses what it has taken meanwhile.
const FORGET = `
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local fields = {}
  for at = 1, #consumer, 2 do fields[consumer[at]] = consumer[at + 1] end
  if fields.pending == 0 and fields.idle > tonumber(ARGV[2]) and fields.name ~= ARGV[3] then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], fields.name)
  end
end`

/** Forgets consumers that have been gone for an hour and have left nothing. */
export async function forgetConsumers(
  redis: RedisConnection,
  settings: RedisSettings,
  consumer: string,
): Promise<void> {
  const { stream, group, claimAfter } = settings
  const idle = Math.max(FORGET_AFTER, claimAfter * 10_000)
  await redis.send(['EVAL', FORGET, '1', stream, group, String(idle), consumer])
}

/** Says that the consumer still has these entries. */
export async function keep(
  redis: RedisConnection,
  { stream, group }: RedisSettings,
  consumer: string,
  ids: readonly string[],
): Promise<void> {
  const parts = Array.from({ length: Math.ceil(ids.length / SOME) }, (_, n) => ids.slice(n * SOME, (n + 1) * SOME))
  await Promise.all(parts.map((some) => redis.send(['XCLAIM', stream, group, consumer, '0', ...some, 'JUSTID'])))
}

/** Lets others have at once what the consumer has not acknowledged. */
export async function giveBack(redis: RedisConnection, settings: RedisSettings, consumer: string): Promise<void> {
  const { stream, group, claimAfter } = settings
  const idle = String(claimAfter * 1000 + 1)
  for (let from = '-'; ; ) {
    const ids = pendingIds(await redis.send(['XPENDING', stream, group, from, '+', String(SOME), consumer]))
    if (ids.length === 0) return
    await redis.send(['XCLAIM', stream, group, consumer, '0', ...ids, 'IDLE', idle, 'JUSTID'])
    from = `(${ids.at(-1)}`
  }
}

/** Removes from the stream what all groups have acknowledged. */
export async function trimAcknowledged(redis: RedisConnection, { stream }: RedisSettings): Promise<void> {
  const groups = groupsIn(await redis.send(['XINFO', 'GROUPS', stream]))
  const needed = await Promise.all(
    groups.map(async ({ name, pending, lastDelivered }) => {
      const oldest = pending > 0 ? oldestPending(await redis.send(['XPENDING', stream, name])) : undefined
      return oldest ?? idAfter(lastDelivered)
    }),
  )
  const from = oldestOf(needed)
  if (from !== undefined) await redis.send(['XTRIM', stream, 'MINID', from])
}
