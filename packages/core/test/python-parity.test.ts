// A few hundred random formats, filled by python3 and by us.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'
import {
  compileBrace,
  compilePercent,
  Float,
  formatValue,
  parseSpec,
  strftime,
  Tuple,
} from '@pino-handlers/core/python'
import { noPython } from '../../../test/support/python-frames.js'

const SEED = 20171014

// Prints one JSON object a line: what was asked, and Python's answer or [type, message] of its exception.
const script = `
import json, os, random, time
r = random.Random(${SEED})
zones = ['UTC', 'Europe/Rome', 'America/New_York', 'Asia/Kolkata', 'America/Sao_Paulo', 'Australia/Lord_Howe']
texts = ['', 'abc', 'na\\u00efve', '\\u20ac', "it's", 'tab\\t', '\\U0001f600', '\\u200b']
ints = [0, 1, -1, 42, 255, -98765, 1234567]
def flt(): return r.choice([0.5, 1.5, 2.5, 1e16, 1e-5, 123456.789, 1e22, 1/3, r.uniform(-1e6, 1e6), r.random() * 10.0 ** r.randrange(-300, 300)])
def val(): return r.choice([r.choice(texts), r.choice(ints), flt(), None, True])
def enc(v): return {'f': repr(v)} if isinstance(v, float) else {'v': v}
def ask(kind, spec, values, f, **more):
    try: answer = f()
    except Exception as e: answer = [type(e).__name__, str(e)]
    print(json.dumps(dict(more, kind=kind, spec=spec, values=[enc(v) for v in values], answer=answer)))
for _ in range(200):
    v, flags, width = val(), ''.join(r.choices('-+ #0', k=r.randrange(3))), r.choice(['', '5', '12'])
    s = '<%' + flags + width + r.choice(['', '.0', '.2', '.17']) + r.choice('dixXoeEfFgGsrac') + '>'
    ask('%', s, [v], lambda: s % (v,))
    v = val()
    s = r.choice(['', '*^', '<', '>', '=']) + r.choice(['', '+', ' ']) + r.choice(['', '#']) + r.choice(['', '0']) + width + r.choice(['', ',', '_']) + r.choice(['', '.0', '.3', '.17']) + r.choice(['', 'd', 'e', 'f', 'g', '%', 's', 'x', 'c'])
    ask('spec', s, [v], lambda: format(v, s))
    s = r.choice(['{a', '{b', '{', '{0']) + r.choice(['', '!r', '!s', '!a']) + r.choice(['', ':>9', ':{b}']) + r.choice(['}', '}}}', '} }', ''])
    ask('{', s, [v, 7], lambda: s.format(v, a=v, b=7))
    os.environ['TZ'] = r.choice(zones); time.tzset()
    t = r.randrange(2 ** 32)
    s = '%' + r.choice(['', '', '-', '_', '0', '^', '#']) + r.choice(['', '', '5']) + r.choice('aAbBcCdDeFgGhHIjklmMnprRStTuUVwWxXyYzZ%fNQ')
    ask('time', s, [t], lambda: time.strftime(s, time.localtime(t)), tz=os.environ['TZ'])
`

const python = spawnSync('python3', ['-c', script], { encoding: 'utf8', maxBuffer: 1e8 })
// Python has the C library format times, and only glibc has all of these directives.
const skip = process.platform === 'linux' ? noPython : 'only Linux has glibc'

it('formats as python3 does', { skip }, () => {
  assert.equal(python.error ?? python.stderr, '')
  const asked: Question[] = python.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

  const differing = asked
    .map((one) => ({ ...one, got: attempt(one) }))
    .filter(({ answer, got }) => JSON.stringify(got) !== JSON.stringify(answer))

  assert.deepEqual(differing, [])
})

interface Question {
  readonly kind: string
  readonly spec: string
  readonly values: readonly { readonly f?: string; readonly v?: unknown }[]
  readonly tz?: string
  readonly answer: string | readonly [name: string, message: string]
}

function attempt({ kind, spec, values, tz }: Question): unknown {
  const [value, other] = values.map(({ f, v }) => (f === undefined ? v : new Float(Number(f))))
  try {
    switch (kind) {
      case '%':
        return compilePercent(spec).format(new Tuple([value]))
      case 'spec':
        return formatValue(value, parseSpec(spec))
      case '{':
        return compileBrace(spec)(
          new Map([
            ['a', value],
            ['b', other],
          ]),
          [value],
        )
      default:
        process.env.TZ = tz
        return strftime(spec, Number(value))
    }
  } catch (error) {
    return error instanceof Error ? [error.name, error.message] : error
  }
}
