// nodemailer's own pool with a mail for each record: what sending mails takes without a log.

import nodemailer from 'nodemailer'
import { runPeer } from '../peer.js'
import { message } from '../record.js'

await runPeer(({ options }) => {
  const pool = nodemailer.createTransport({ pool: true, maxMessages: Number.POSITIVE_INFINITY, ...options })
  const sent: Promise<unknown>[] = []
  const mail = { from: 'app@example.com', to: 'ops@example.com', subject: 'app failed' }
  return {
    log: (n) => {
      sent.push(pool.sendMail({ ...mail, text: message(n) }))
    },
    async end() {
      await Promise.all(sent)
      pool.close()
    },
  }
})
