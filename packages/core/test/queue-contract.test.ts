// Whether the queues that ship with core are queues.

import { queueContract } from './queue-contract.js'
import { kinds } from './queue-kinds.js'

for (const kind of kinds) queueContract(kind)
