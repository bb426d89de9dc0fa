// What a command line of one's own would be: stdin to a file by what pino/file writes with.

import sonicBoom from 'sonic-boom'

const stream = new sonicBoom.SonicBoom({ dest: process.argv[2] ?? '', sync: false })
process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk) => {
  if (!stream.write(String(chunk))) {
    process.stdin.pause()
    stream.once('drain', () => process.stdin.resume())
  }
})
process.stdin.once('end', () => stream.end())
