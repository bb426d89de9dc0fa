// What a comparison is made of. Each scenario is data plus one function that measures a round.

/** What one run of one peer measured, by name. */
export type Figures = Readonly<Record<string, number>>

export interface Column {
  readonly figure: string
  readonly title: string
  readonly digits: number
}

/** What must be reached, of a median or of a ratio between two peers. */
export interface Goal {
  readonly peer: string
  readonly figure: string
  /** The peer that the figure is divided by, run by run; without it the figure itself counts. */
  readonly against?: string
  readonly atMost?: number
  readonly atLeast?: number
}

export interface Size {
  readonly records: number
  readonly runs: number
}

/** Peers that belong side by side, in the order of the chart. */
export interface Group {
  readonly title: string
  readonly peers: readonly string[]
  /** Those of them that are no handler but the least that any handler could take. */
  readonly limits?: readonly string[]
}

export interface Chart {
  readonly figure: string
  readonly unit: string
  readonly groups: readonly Group[]
}

export interface Scenario {
  readonly name: string
  readonly title: string
  /** What is measured unless the command line says otherwise. */
  readonly size: Size
  /** The peers in the order of the table. Names of ours begin with 'ours'. */
  readonly peers: readonly string[]
  readonly columns: readonly Column[]
  /** The figure of the ratio column, and the peer that is 1. */
  readonly ratio: { readonly figure: string; readonly against: string }
  readonly goals: readonly Goal[]
  /** What is drawn of it; nothing without. */
  readonly chart?: Chart
  /** Measures every peer once, each in a process of its own unless the scenario says otherwise. */
  measure(size: Size, folder: string, round: number): AsyncIterable<readonly [peer: string, figures: Figures]>
}

/** The runs of each peer, in order. */
export type Results = ReadonlyMap<string, readonly Figures[]>
