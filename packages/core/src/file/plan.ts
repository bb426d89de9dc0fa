// When a file is to be changed for another: decided before each write, by values.

import type { Cut, Parcel } from '../parcel.js'

/** What is to be written next, and the file as it is. */
export interface Situation {
  readonly parcel: Parcel
  /** The open descriptor of a regular file. */
  readonly fd: number
  /** Bytes in the file. */
  readonly size: number
  /** Bytes in a file that has just been made: those of the encoding's byte order mark. */
  readonly emptySize: number
  /** Cuts a parcel before the first record that would make the head take this many bytes or more. */
  cut(parcel: Parcel, room: number): Cut
}

/** What happens next: either the file changes, after which the same parcel is planned anew, or some of it is written. */
export type Step =
  | {
      /** Runs while the file is closed, which is opened again afterwards. */
      readonly change: () => void
    }
  | {
      /** What goes to the file, */
      readonly head: Parcel
      /** and what is left. */
      readonly rest?: Parcel | undefined
    }

/** Decides, and does nothing yet. */
export type Plan = (situation: Situation) => Step
