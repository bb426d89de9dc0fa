// A queue on NATS JetStream whose server, listeners and producers fail.

import { noNats, startNats } from '../../../test/support/nats-server.js'
import { queueEngine } from '../../../test/support/queue-engine.js'

queueEngine({
  name: 'queueNats',
  skip: noNats,
  start: startNats,
  // One at a time keeps the order also when what was under way comes again.
  option: (url, stream, group) => ({
    type: 'nats',
    servers: url,
    stream,
    group,
    ackWait: 1,
    maxAckPending: 1,
    timeout: 4,
  }),
})
