// Waiting without letting anything else happen.

const nobody = new Int32Array(new SharedArrayBuffer(4))

/** Blocks the thread for some milliseconds. */
export function pause(milliseconds: number): void {
  Atomics.wait(nobody, 0, 0, milliseconds)
}
