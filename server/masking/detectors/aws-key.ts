import type { Detect } from '../detectors'

const id = /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AIPA|ANPA|ANVA|APKA|AROA|ASCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g
const secret = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g
const named = /secret|aws/i

/** AWS unique identifiers of keys, and 40 characters of a secret key where the text speaks of one. */
export const awsKey: Detect = (text, cover, spans) => {
  let found = false
  id.lastIndex = 0
  for (let match = id.exec(text); match !== null; match = id.exec(text)) {
    found = true
    spans.push({ start: match.index, end: id.lastIndex, cover })
  }
  if (!found && !named.test(text)) return
  secret.lastIndex = 0
  for (let match = secret.exec(text); match !== null; match = secret.exec(text))
    if (/[A-Z]/.test(match[0]) && /[a-z]/.test(match[0]) && /[0-9/+]/.test(match[0]) && !isPath(match[0]))
      spans.push({ start: match.index, end: secret.lastIndex, cover })
}

const word = /[A-Z]?[a-z]+|[A-Z]+|[0-9]+/g
const wordsMax = 8

/** `/opt/app/secrets/Windows/README`: long words between slashes. Of some million random keys one has as few. */
const isPath = (run: string): boolean => run.includes('/') && !/[0-9]/.test(run) && run.match(word)!.length <= wordsMax
