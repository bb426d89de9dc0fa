// @pino-handlers/null: taken, counted and discarded.

import type { Row } from '../row.js'

export const nullHandler: Row = {
  handler: 'null',
  start: () => ({ target: { target: '@pino-handlers/null' }, where: 'nowhere, as it should be' }),
}
