// A mail server that writes each mail into a file of its own: mail-1.eml, mail-2.eml ... of the folder that it is given.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { workerData } from 'node:worker_threads'
import { SMTPServer } from 'smtp-server'
import { tellPort } from './port.js'

let mails = 0
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  onData(stream, _session, done) {
    buffer(stream).then((mail) => {
      writeFileSync(join(workerData, `mail-${++mails}.eml`), mail)
      done()
    }, done)
  },
})

tellPort(server.listen(0, '127.0.0.1'))
