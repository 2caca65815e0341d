import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeDir } from '../../db/testing'
import { buildAgent } from '../../tunnel/build-agent'
import { startTestAgent, type TestAgent, type TestGateway } from '../../tunnel/gateway.testing'
import { viewerOf } from '../../viewer.testing'
import type { Rough } from './world.testing'

/** The real agent program beside a rough gateway; its targets are connections of the same name. */
export async function startRoughAgent(rough: Rough, targets: { name: string }[]): Promise<TestAgent> {
  const program = await buildAgent(join(mkdtempSync(join(tmpdir(), 'sallyport-agent-')), 'agent.cjs'))
  const ctx = { viewer: viewerOf('carol', { id: 'carol', name: 'Carol', admin: true, auditor: true }), db: rough.db }
  const gateway = {
    ...{ program, ctx },
    attach: (agentId: string) =>
      rough.attach(targets.map(({ name }) => ({ name, transport: 'agent', agentId, target: name }))),
  } as unknown as TestGateway
  const agent = await startTestAgent(gateway, { url: rough.instance().url, targets })
  const { stop } = agent
  return {
    ...agent,
    stop: async () => {
      await stop()
      removeDir(join(program, '..'))
    },
  }
}
