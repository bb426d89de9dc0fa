// Horizontal bars as SVG, for a page on any width and in either colour scheme.

export type Kind = 'ours' | 'main' | 'other' | 'limit'

export interface Bar {
  readonly kind: Kind
  readonly value: number
  /** The ends of its whisker; without them there is none. */
  readonly range?: readonly [least: number, most: number]
}

export interface Row {
  readonly label: string
  /** What stands at its right end. */
  readonly text: string
  readonly bars: readonly Bar[]
  /** In the colour of ours. */
  readonly strong?: boolean
}

interface Section {
  /** Nothing is written for ''. */
  readonly title: string
  readonly rows: readonly Row[]
}

export interface BarChart {
  readonly title: string
  /** All that it shows, for who does not see it. */
  readonly description: string
  readonly legend: readonly (readonly [kind: Kind, meaning: string])[]
  /** Each has a scale of its own. */
  readonly sections: readonly Section[]
  /** A line through all bars at this value. */
  readonly mark?: number
}

const WIDTH = 460
const MARGIN = 14
const INNER = WIDTH - 2 * MARGIN

// What is shown by <img> follows the system, not the page: it brings its own background.
const STYLE = `text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:#1f2328}
.title{font-weight:600;font-size:15px}.section{font-weight:600;fill:#59636e}.faint{fill:#59636e;font-size:12px}.strong{font-weight:600}
.back{fill:#fff;stroke:#d1d9e0}.ours{fill:#0969da}.main{fill:#bc4c00}.other{fill:#a5b0bb}.limit{fill:#fff;stroke:#59636e;stroke-dasharray:3 2}
.range{stroke:#1f2328;stroke-width:1.2;fill:none}.mark{stroke:#59636e;stroke-dasharray:4 3}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.faint,.section{fill:#9198a1}.back{fill:#0d1117;stroke:#3d444d}.ours{fill:#4493f8}.main{fill:#f0883e}.other{fill:#656c76}.limit{fill:#0d1117;stroke:#9198a1}.range{stroke:#f0f6fc}.mark{stroke:#9198a1}}`

/** The chart as a file. */
export function barChart({ title, description, legend, sections, mark }: BarChart): string {
  const page = new Page()
  page.text(title, 'title', 20)
  page.legend(legend)
  for (const section of sections) page.section(section, mark)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${page.height}" viewBox="0 0 ${WIDTH} ${page.height}" role="img" aria-labelledby="title desc">
<title id="title">${markup(title)}</title>
<desc id="desc">${markup(description)}</desc>
<style>${STYLE}</style>
<rect class="back" x="0.5" y="0.5" width="${WIDTH - 1}" height="${page.height - 1}" rx="6"/>
${page.parts.join('\n')}
</svg>
`
}

/** Puts one thing below the other. */
class Page {
  readonly parts: string[] = []
  #y = 8

  get height(): number {
    return this.#y + 10
  }

  text(text: string, className: string, height: number): void {
    this.#y += height
    this.parts.push(`<text x="${MARGIN}" y="${this.#y - 4}" class="${className}">${markup(text)}</text>`)
  }

  legend(entries: BarChart['legend']): void {
    for (const [kind, meaning] of entries) {
      this.#y += 18
      this.parts.push(
        `<rect class="${kind}" x="${MARGIN}" y="${this.#y - 11}" width="14" height="8" rx="1"/>`,
        `<text x="${MARGIN + 20}" y="${this.#y - 3}" class="faint">${markup(meaning)}</text>`,
      )
    }
  }

  section({ title, rows }: Section, mark: number | undefined): void {
    this.#y += 12
    if (title !== '') this.text(title, 'section', 18)
    const bars = rows.flatMap((row) => row.bars)
    // Beyond the mark there is room, where the texts are.
    const most = Math.max((mark ?? 0) * 1.25, ...bars.map(({ value, range }) => Math.max(value, range?.[1] ?? 0)))
    const scale = (value: number): number => round((value / (most || 1)) * INNER)
    const top = this.#y + 4
    for (const row of rows) this.#row(row, scale)
    if (mark !== undefined) this.parts.push(line('mark', MARGIN + scale(mark), top, this.#y))
  }

  #row({ label, text, bars, strong }: Row, scale: (value: number) => number): void {
    this.#y += 20
    const weight = strong ? ' class="strong"' : ''
    this.parts.push(
      `<text x="${MARGIN}" y="${this.#y - 4}"${weight}>${markup(label)}</text>`,
      `<text x="${WIDTH - MARGIN}" y="${this.#y - 4}" text-anchor="end"${weight}>${markup(text)}</text>`,
    )
    const thick = bars.length > 1 ? 6 : 10
    for (const { kind, value, range } of bars) {
      const width = Math.max(1, scale(value))
      this.parts.push(`<rect class="${kind}" x="${MARGIN}" y="${this.#y}" width="${width}" height="${thick}" rx="1"/>`)
      if (range && range[0] < range[1]) this.parts.push(whisker(scale(range[0]), scale(range[1]), this.#y, thick))
      this.#y += thick + 1
    }
    this.#y += 5
  }
}

function whisker(least: number, most: number, top: number, thick: number): string {
  const [left, right, middle] = [MARGIN + least, MARGIN + most, top + thick / 2]
  const end = (x: number): string => `M${x} ${top + 1}V${top + thick - 1}`
  return `<path class="range" d="M${left} ${middle}H${right}${end(left)}${end(right)}"/>`
}

function line(className: string, x: number, top: number, bottom: number): string {
  return `<path class="${className}" d="M${x} ${top}V${bottom}" fill="none"/>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function markup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
