// What the documentation site lists beside each page: every page of docs/, by what its reader wants to do.

/** An entry of the sidebar: a page by its path below docs/ without `.md`. */
interface Entry {
  readonly text: string
  readonly link: string
}

/** A part of the sidebar with its heading. */
interface Group {
  readonly text: string
  readonly items: readonly Entry[]
}

const handler = (name: string): Entry => ({ text: name, link: `/handlers/${name}` })
const entry = (text: string, name: string): Entry => ({ text, link: `/${name}` })

/** The sidebar of every page. A page of docs/ that is not here fails test/docs-site.test.ts. */
export const sidebar: readonly Group[] = [
  {
    text: 'Start',
    items: [entry('Overview', ''), entry('First steps', 'start')],
  },
  {
    text: 'Coming from',
    items: [
      entry('Python', 'from-python'),
      ...['pino-roll', 'winston-daily-rotate-file', 'pino-socket', 'pino-syslog', 'log4js'].map((name) =>
        entry(name, `coming-from/${name}`),
      ),
    ],
  },
  {
    text: 'Guides',
    items: [
      entry('Options and functions', 'options-and-functions'),
      entry('Formatting', 'formatting'),
      entry('Levels', 'levels'),
      entry('Delivery', 'delivery'),
      entry('Graceful shutdown', 'graceful-shutdown'),
      entry('Events and stats', 'events-and-stats'),
      entry('Rotation', 'rotation'),
      entry('logrotate', 'logrotate'),
      entry('Several processes', 'several-processes'),
      entry('More than one machine', 'beyond-one-machine'),
      entry('One failing target', 'one-failing-target'),
      entry('Containers', 'containers'),
      entry('Bundlers and runtimes', 'runtimes'),
      entry('Writing a handler', 'writing-a-handler'),
    ],
  },
  {
    text: 'Files and pipes',
    items: ['stream', 'file', 'watched-file', 'rotating-file', 'timed-rotating-file', 'null'].map(handler),
  },
  { text: 'Network', items: ['socket', 'datagram', 'syslog', 'http'].map(handler) },
  { text: 'Alerts', items: ['smtp', 'memory', 'nt-eventlog'].map(handler) },
  { text: 'Between processes', items: ['queue', 'queue-listener'].map(handler) },
  {
    text: 'Reference',
    items: [
      entry('Command line', 'command-line'),
      entry('Core', 'core'),
      entry('Performance', 'performance'),
      entry('Architecture', 'architecture'),
    ],
  },
]

/** Every page, by its path from docs/. */
export const pages: readonly string[] = sidebar.flatMap(({ items }) =>
  items.map(({ link }) => `${link === '/' ? 'index' : link.slice(1)}.md`),
)
