import type { Mention } from './mentions'
import { matchAt, type Range } from './sticky'
import { lineHead } from './value-lines'

const quoted = /[ \t]{1,4}(["'])((?:(?!\1)[^\n\\]|\\.){1,256})\1/y
const token = /[ \t]{1,8}(?![-=:,;|)])(\S{1,256})/y
const option = /(?:^|\s)--?$/
// netrc(5), on one line or several.
const login = /\b(?:login|account)[ \t]{1,8}\S{1,128}\s{1,16}$/
const loginMax = 160
// Dockerfiles, as they were written once; batch files and shells need a sign.
const ofImage = /^\s{0,8}env\s{1,8}$/i
const restOfLine = /[ \t]{1,8}([^\n]+)/y
// RFC 7578: a field of a form has its value below an empty line.
const ofForm = /form-data;[^\n]{0,120}name="?$/i
const formValue = /"?[^\n]{0,200}\n(?:[^\n:]{1,40}:[^\n]{0,200}\n){0,4}\r?\n/y

/**
 * The value that follows a name with no sign between: `PASSWORD 'x'`, `--password x`, `ENV PASSWORD x`, `login a password x`,
 * and a part of a form. Null where none does.
 */
export function valueBeside(text: string, { start, end }: Mention): Range | null {
  const own = lineHead(text, start)
  if (ofForm.test(own)) return formPart(text, end)
  const said = matchAt(quoted, text, end)
  if (said !== null) return [quoted.lastIndex - 1 - said[2]!.length, quoted.lastIndex - 1]
  const value = ofImage.test(own)
    ? matchAt(restOfLine, text, end)
    : option.test(own) || login.test(text.slice(Math.max(0, start - loginMax), start))
      ? matchAt(token, text, end)
      : null
  return value === null ? null : [value.index + value[0].length - value[1]!.length, value.index + value[0].length]
}

function formPart(text: string, from: number): Range | null {
  if (matchAt(formValue, text, from) === null) return null
  const start = formValue.lastIndex
  const end = text.indexOf('\n--', start)
  return [start, end === -1 ? text.length : end]
}
