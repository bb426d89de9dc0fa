// A queue on Redis Streams whose server, listeners and producers fail.

import { queueEngine } from '../../../test/support/queue-engine.js'
import { noRedis, startRedis } from '../../../test/support/redis-server.js'

queueEngine({
  name: 'queueRedis',
  skip: noRedis,
  start: startRedis,
  option: (url, stream, group, consumer) => ({ type: 'redis', url, stream, group, consumer, timeout: 4 }),
})
