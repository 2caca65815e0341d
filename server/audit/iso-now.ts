let at = 0
let text = ''

/** The time as an entry has it: ISO 8601 in UTC with milliseconds. Written once a millisecond, however many entries it is for. */
export function isoNow(): string {
  const now = Date.now()
  if (now !== at) {
    at = now
    text = new Date(now).toISOString()
  }
  return text
}
