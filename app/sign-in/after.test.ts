import { expect, test } from 'vitest'
import { pathAfter } from './after'

const publicUrl = 'https://sallyport.example'
const asked: [wanted: unknown, path: string][] = [
  ['/reviews/7?state=settled', '/reviews/7?state=settled'],
  ['https://sallyport.example/grants', '/grants'],
  ['/sign-in?next=/', '/'],
  [undefined, '/'],
  [['/a', '/b'], '/'],
  ['https://evil.example', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://sallyport.example@evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/.//evil.example', '/evil.example'],
  ['/..//evil.example/x', '/evil.example/x'],
  ['/%2e//evil.example', '/evil.example'],
  ['https://sallyport.example//evil.example', '/evil.example'],
  ['https://sallyport.example/\\evil.example', '/evil.example'],
  ['/.///\\//sign-in', '/sign-in'],
]
test.each(asked)('%j leads to %s, on this host', (wanted, path) => {
  expect(pathAfter(wanted, publicUrl)).toBe(path)
  expect(new URL(pathAfter(wanted, publicUrl), publicUrl).origin).toBe(publicUrl)
})
