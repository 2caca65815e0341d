import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeHttpServer, trackUpgrades } from './http'

let server: Server
let url: string
let finish: () => void
let asked: Promise<void>

// One answer that is begun and ends when it is told to, as a held call does.
beforeEach(async () => {
  let arrived: () => void
  asked = new Promise((done) => {
    arrived = done
  })
  server = createServer((_req, res) => {
    res.write('begun ')
    finish = () => res.end('ended')
    arrived()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => server.closeAllConnections())

test('a call that is under way is finished before the server is closed, and no other begins', async () => {
  const answer = fetch(url).then((response) => response.text())
  await asked
  const closed = closeHttpServer(server, 60_000)
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  finish()
  expect(await answer).toBe('begun ended')
  await closed
})

test('one that does not finish in time is cut, so that the process can stop', async () => {
  const answer = fetch(url).then((response) => response.text())
  const cut = expect(answer).rejects.toThrow('terminated')
  await asked
  await closeHttpServer(server, 50)
  await cut
})

test('an agent that stays connected is not waited for', async () => {
  trackUpgrades(server)
  const taken = new Promise<Duplex>((done) =>
    server.on('upgrade', (_req, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n')
      done(socket)
    }),
  )
  const agent = connect((server.address() as AddressInfo).port, '127.0.0.1')
  agent.write('GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n')
  const socket = await taken
  await closeHttpServer(server, 60_000)
  expect(socket.destroyed).toBe(false)
  socket.destroy()
  agent.destroy()
})
