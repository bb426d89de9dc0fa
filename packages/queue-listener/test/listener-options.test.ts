// What a listener says of options that are wrong.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nullTarget } from '@pino-handlers/null'
import queueListener, { type QueueListenerOptions } from '@pino-handlers/queue-listener'
import { Child, closed } from './child.js'

const EXPECTED = 'a list of { target, options, level, maxLevel, name, fallback }, or of streams'
const LEVEL = "a level number or one of 'fatal', 'error', 'warn', 'info', 'debug', 'trace' (or a label of customLevels)"

function refusal(options: unknown): string {
  try {
    queueListener(options as QueueListenerOptions)
    return 'no error'
  } catch (error) {
    return String(error)
  }
}

const stream = new Child()

// The options, and what comes after `HandlerOptionError: [queue-listener] `.
const REFUSED: readonly (readonly [sentence: string, options: unknown, text: string | RegExp])[] = [
  ['no options', undefined, `option "handlers" is required: ${EXPECTED}`],
  ['null', null, 'options must be an object, got null'],
  ['no handlers', {}, `option "handlers" is required: ${EXPECTED}`],
  ['an empty list', { handlers: [] }, 'option "handlers" is an empty list; there must be at least one handler'],
  ['one handler without a list', { handlers: stream }, /^option "handlers" must be a list of .*, got Child/],
  [
    'a name alone',
    { handlers: ['pino/file'] },
    'option "handlers" at [0] must be { target, options } or a stream, got \'pino/file\'',
  ],
  ['what is no stream', { handlers: [stream, { stream: 1 }] }, 'option "handlers" at [1] is wrong: 1 is no stream'],
  [
    'a target that cannot be found',
    { handlers: [stream, { target: 'pino-nowhere' }] },
    `option "handlers" at [1] names 'pino-nowhere', which cannot be found from ${process.cwd()}`,
  ],
  [
    'a misspelt key',
    { handlers: [{ target: 'pino/file', optoins: {} }] },
    'option "handlers" at [0] is wrong: unknown option "optoins"; there are target, options, stream, level, maxLevel, name, fallback',
  ],
  [
    'a level that does not exist',
    { handlers: [{ stream, level: 'waring' }] },
    `option "handlers" at [0] is wrong: option "level" must be ${LEVEL}, got 'waring'`,
  ],
  [
    'a maxLevel that does not exist',
    { handlers: [{ stream, maxLevel: -1 }] },
    `option "handlers" at [0] is wrong: option "maxLevel" must be ${LEVEL}, got -1`,
  ],
  [
    'levels that no record has',
    { handlers: [{ stream, level: 'error', maxLevel: 'info' }] },
    "option \"handlers\" at [0] is wrong: maxLevel 'info' is below level 'error'",
  ],
  [
    'options that are none',
    { handlers: [{ target: 'pino/file', options: 'a.log' }] },
    'option "handlers" at [0] is wrong: option "options" must be an object, got \'a.log\'',
  ],
  [
    'a fallback that cannot be found',
    { handlers: [{ stream, fallback: { target: 'pino-nowhere' } }] },
    `option "handlers" at [0].fallback names 'pino-nowhere', which cannot be found from ${process.cwd()}`,
  ],
  [
    'a fallback with a level',
    { handlers: [{ stream, fallback: { stream, level: 'error' } }] },
    'option "handlers" at [0].fallback is wrong: a fallback has the levels of what it stands in for',
  ],
  [
    'options that one of our handlers refuses',
    { handlers: [stream, { target: '@pino-handlers/file', options: { filname: 'a.log' } }] },
    /^option "handlers" has "file", which refuses its options: \[file\] unknown option "filname"; did you mean "filename"\?$/,
  ],
  [
    'options that a fallback of ours refuses',
    { handlers: [{ stream, fallback: { target: '@pino-handlers/file' } }] },
    /^option "handlers" has "Child\/file", which refuses its options: \[file\] option "filename" is required: /,
  ],
  [
    'a queue of an unknown type',
    { handlers: [stream], queue: { type: 'kafka' } },
    /^option "queue" names 'kafka', which cannot be loaded from .*; known types: 'memory', 'socket'/,
  ],
  [
    'a formatter',
    { handlers: [stream], formatter: {} },
    'unknown option "formatter": records are formatted by the handlers, as in { target, options: { formatter } }',
  ],
  ['a misspelt option', { handlers: [stream], queu: {} }, 'unknown option "queu"; did you mean "queue"?'],
]

describe('queueListener refuses', () => {
  for (const [sentence, options, text] of REFUSED) {
    it(sentence, () => {
      const told = refusal(options).replace('HandlerOptionError: [queue-listener] ', '')
      if (typeof text === 'string') assert.equal(told, text)
      else assert.match(told, text)
    })
  }
})

describe('queueListener names handlers', () => {
  it('by name, by target or by class, each by another one', async () => {
    const destination = process.platform === 'win32' ? 'NUL' : '/dev/null'
    const target = { target: 'pino/file', options: { destination } }
    const listener = queueListener({
      handlers: [target, { ...target, name: 'audit', fallback: new Child() }, { ...target }, { stream: new Child() }],
    })
    const { targets = [] } = await closed(listener)

    assert.deepEqual(
      targets.map(({ handler }) => handler),
      [
        'queue-listener/file',
        'queue-listener/audit/Child',
        'queue-listener/audit',
        'queue-listener/file-2',
        'queue-listener/Child',
      ],
    )
  })

  it('that a target helper has located by their packages', async () => {
    const { targets = [] } = await closed(queueListener({ handlers: [nullTarget(), nullTarget()] }))

    assert.deepEqual(
      targets.map(({ handler }) => handler),
      ['queue-listener/null', 'queue-listener/null-2'],
    )
  })
})
