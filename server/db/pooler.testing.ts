import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const readyForQuery = 'Z'.charCodeAt(0)
const idle = 'I'.charCodeAt(0)

/**
 * A pooler in transaction mode, as pgbouncer is one: a client has a connection of the server until its transaction is over, and the
 * one that was used last is lent first. Returns the address of `url` through it. For one role at a time.
 */
export async function startPooler(url: string): Promise<{ url: string; close(): void }> {
  const free: Socket[] = []
  const all: Socket[] = []
  const server = createServer((client) => {
    all.push(client)
    // Signs in on a connection that then is the pool's.
    let lent: Socket | null = connect(Number(new URL(url).port), '127.0.0.1')
    all.push(lent)
    const back = (data: Buffer) => {
      client.write(data)
      if (data.at(-6) !== readyForQuery || data.at(-1) !== idle || lent === null) return
      lent.off('data', back)
      free.push(lent)
      lent = null
    }
    lent.on('data', back)
    client.on('data', (data) => {
      if (data[0] === 'X'.charCodeAt(0)) return void client.end()
      lent ??= free.pop()?.on('data', back) ?? null
      lent?.write(data)
    })
    for (const socket of [client, lent]) socket.on('error', () => {})
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  const close = () => {
    server.close()
    for (const socket of all) socket.destroy()
  }
  return { url: through.href, close }
}
