// Whether a queue on Redis Streams is one.

import { queueContract } from '../../core/test/queue-contract.js'
import { redisKind } from './redis-kind.js'

queueContract(redisKind)
