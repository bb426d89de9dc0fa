// A process that has nothing more to do while records wait for a digest.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertBalanced } from '../../../test/support/books.js'
import { MailServer } from '../../../test/support/mail-server.js'
import { runFixture } from '../../../test/support/run-node.js'

describe('smtp: in a process that is drained', () => {
  it('sends what waits for a digest before the process ends, and not later', async (t) => {
    const server = await MailServer.start(t)
    const { mailhost } = server
    const options = {
      mailhost,
      fromaddr: 'app@example.com',
      toaddrs: 'ops@example.com',
      subject: 'failed',
      digest: 300,
    }

    const { code, stdout, stderr } = await runFixture('smtp-drained', options)

    const stats = JSON.parse(stdout)
    const subjects = server.mails.map(({ message }) => /^Subject: (.*)\r$/m.exec(message)?.[1])
    assertBalanced(stats)
    assert.deepEqual(
      { code, stderr, subjects, delivered: stats.delivered },
      { code: 0, stderr: '', subjects: ['failed', '[2 records] failed'], delivered: 3 },
    )
  })
})
