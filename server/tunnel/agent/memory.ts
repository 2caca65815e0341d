import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const pageBytes = 4096

/** Resident bytes of each process group. */
export async function residentByGroup(): Promise<Map<number, number>> {
  const rows = process.platform === 'linux' ? await fromProc() : await fromPs()
  const groups = new Map<number, number>()
  for (const [group, bytes] of rows) groups.set(group, (groups.get(group) ?? 0) + bytes)
  return groups
}

type Row = [group: number, bytes: number]

async function fromProc(): Promise<Row[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return Promise.all(
    pids.map(async (pid): Promise<Row> => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      // proc(5): the name, in parentheses, may hold anything; after it `pgrp` is the third field and `rss` the twenty-second.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return [Number(fields[2]), Number(fields[21]) * pageBytes]
    }),
  )
}

async function fromPs(): Promise<Row[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=,rss='])
  return stdout
    .trim()
    .split('\n')
    .map((line): Row => {
      const [group, kilobytes] = line.trim().split(/\s+/).map(Number)
      return [group ?? 0, (kilobytes ?? 0) * 1024]
    })
}
