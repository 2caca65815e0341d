/** A message is larger, deeper or dearer to mask than any may be. */
export class TooMuch extends Error {
  readonly code = 'too-much'
}
