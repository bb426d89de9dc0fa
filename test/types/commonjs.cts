// Never run: require() gives the factory itself, with the other exports as properties.
import file = require('@pino-handlers/file')

import nullHandler = require('@pino-handlers/null')
import stream = require('@pino-handlers/stream')
import pino = require('pino')

const { file: sameFile, fileTarget } = file

pino(file({ filename: 'app.log' }))
pino(sameFile({ filename: 'app.log' }))
pino.transport(fileTarget({ filename: 'app.log' }, 'warn'))
pino.transport(file.fileTarget({ filename: 'app.log' }))
pino(nullHandler())
pino(stream())
// @ts-expect-error
file({ filename: 'app.log', maxbytes: 1 })
// @ts-expect-error
fileTarget({ filename: 'app.log', maxbytes: 1 })
