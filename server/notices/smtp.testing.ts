import { createServer, type Server, type Socket } from 'node:net'

export type SmtpLetter = { from: string; to: string[]; data: string }
export type Smtp = { url: string; letters: SmtpLetter[]; accounts: string[]; refuse: Map<string, string>; stop(): void }

/** As much of SMTP (RFC 5321, AUTH PLAIN of RFC 4954) as a client that sends one letter needs. `refuse`: an answer in place of the usual one, by verb. */
export async function startSmtp(extensions: string[] = ['AUTH PLAIN']): Promise<Smtp> {
  const smtp: Omit<Smtp, 'url' | 'stop'> = { letters: [], accounts: [], refuse: new Map() }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    converse(socket, smtp, extensions)
  })
  const port = await listening(server)
  const stop = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { ...smtp, url: `smtp://127.0.0.1:${port}`, stop }
}

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    }),
  )

function converse(
  socket: Socket,
  { letters, accounts, refuse }: Omit<Smtp, 'url' | 'stop'>,
  extensions: string[],
): void {
  let letter: SmtpLetter = { from: '', to: [], data: '' }
  let reading = false
  let rest = ''
  const say = (text: string) => socket.write(`${text}\r\n`)
  const answers: Record<string, (line: string) => string> = {
    ehlo: () =>
      ['test', ...extensions].map((name, at, all) => `250${at === all.length - 1 ? ' ' : '-'}${name}`).join('\r\n'),
    auth: (line) => {
      accounts.push(Buffer.from(line.split(' ')[2] ?? '', 'base64').toString())
      return '235 welcome'
    },
    mail: (line) => {
      letter = { from: line.slice('MAIL FROM:'.length), to: [], data: '' }
      return '250 ok'
    },
    rcpt: (line) => {
      letter.to.push(line.slice('RCPT TO:'.length))
      return '250 ok'
    },
    data: () => {
      reading = true
      return '354 go on'
    },
    starttls: () => '454 not now',
    quit: () => '221 bye',
  }
  const hear = (line: string) => {
    if (!reading) {
      const verb = line.split(' ')[0]?.toLowerCase() ?? ''
      return say(refuse.get(verb) ?? answers[verb]?.(line) ?? '502 what')
    }
    letter.data += `${line}\n`
    if (line !== '.') return
    reading = false
    letters.push(letter)
    return say('250 taken')
  }
  say('220 test ESMTP')
  socket.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\r\n')
    rest = lines.pop() ?? ''
    lines.forEach(hear)
  })
}
