import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The promises Sallyport makes. A test belongs to one when its name begins with `promise N:`. */
const promises = [
  'nothing is allowed, and nothing is listed, until a rule says so; what is not understood is refused',
  'the strictest matching rule wins: deny beats review beats allow',
  'a condition that cannot be evaluated never widens access',
  'the decision is made on the body that is forwarded; what was approved is what was sent and what runs',
  'a review-gated call runs only after another person approved exactly it, once per use granted',
  'no call reaches a target, and no reply a caller, before its entry is durable',
  'no masked value reaches the caller, the console, the database in clear or a log line',
  "the caller's token never goes upstream; the target's credential never comes back",
  'every entry and admin action is in a hash chain that an outsider can verify from an export',
  'whatever is refused is refused with a reason a person can act on, without revealing what they may not know',
]

function tests(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : tests(path)
    return /\.(test|spec)\.tsx?$/.test(entry.name) ? [path] : []
  })
}

type Found = { promise: number; name: string; file: string }

function found(): Found[] {
  return ['server', 'e2e'].flatMap(tests).flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return [...text.matchAll(/['"`]promise (\d+): ([^'"`\n]+)/g)].map(([, n, name]) => ({
      promise: Number(n),
      name: name ?? '',
      file,
    }))
  })
}

function main(): void {
  const all = found()
  let bare = 0
  for (const [index, promise] of promises.entries()) {
    const mine = all.filter((test) => test.promise === index + 1)
    process.stdout.write(`\n${index + 1}. ${promise}\n`)
    for (const { name, file } of mine) process.stdout.write(`   ${file}: ${name}\n`)
    if (mine.length > 0) continue
    bare += 1
    process.stdout.write('   no test is named after it\n')
  }
  process.stdout.write(`\n${promises.length - bare} of ${promises.length} promises have a test\n`)
  process.exitCode = bare === 0 ? 0 : 1
}

main()
