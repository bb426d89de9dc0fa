// Never run: require() gives the factory itself.
import file = require('@pino-handlers/file')
import nullHandler = require('@pino-handlers/null')
import stream = require('@pino-handlers/stream')
import pino = require('pino')

pino(file({ filename: 'app.log' }))
pino(nullHandler())
pino(stream())
// @ts-expect-error
file({ filename: 'app.log', maxbytes: 1 })
