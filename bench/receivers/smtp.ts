// Takes mails and keeps them until its input ends; then it writes a line for each. It only does what a sender waits for:
// smtp-server greets a session after a tenth of a second, aiosmtpd takes longer for a mail than those who are measured.

import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { monotonic } from '../measure.js'

const [, , folder = ''] = process.argv
const mails: string[] = []
let last = 0

const ANSWERS: Readonly<Record<string, string>> = {
  EHLO: '250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n',
  DATA: '354 go on\r\n',
  QUIT: '221 bye\r\n',
}
const OK = '250 ok\r\n'
const END = '\r\n.\r\n'

const server = createServer({ noDelay: true }, (socket) => {
  let rest = ''
  let isMail = false
  socket.setEncoding('latin1').write('220 sink\r\n')
  socket.on('data', (text: string) => {
    rest += text
    let answer = ''
    for (let end = endOf(rest, isMail); end > 0; end = endOf(rest, isMail)) {
      const said = rest.slice(0, end)
      rest = rest.slice(end)
      const verb = said.slice(0, 4).toUpperCase()
      if (isMail) keep(said)
      answer += isMail ? OK : (ANSWERS[verb] ?? OK)
      isMail = !isMail && verb === 'DATA'
    }
    if (answer !== '') socket.write(answer)
  })
  // Who is cut off is found by what is lost.
  socket.on('error', () => {})
})

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(JSON.stringify({ port }))
})

process.stdin.resume().once('end', () => {
  writeFileSync(join(folder, '0'), mails.map((mail) => `${mail.replaceAll('\r\n', ' ')}\n`).join(''))
  console.log(JSON.stringify({ last }))
  server.close()
})

// Behind the next command, or the mail; 0 when it is not all there.
function endOf(text: string, isMail: boolean): number {
  const end = isMail ? END : '\n'
  const at = text.indexOf(end)
  return at === -1 ? 0 : at + end.length
}

function keep(mail: string): void {
  mails.push(mail)
  last = monotonic()
}
