'use client'

import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import type { Report } from '../../server/audit/schemas'
import { change } from '../api'
import { Button } from '../ui/button'
import { Problem } from '../ui/page'
import { count } from '../ui/text'

/** Verifies every chain, version and signature in the database now; until then, what the last check found. */
export function CheckButton({ last }: { last: ReactNode }) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [report, setReport] = useState<Report | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const check = async () => {
    setBusy(true)
    setProblem(null)
    try {
      setReport(await change<Report>('POST', '/api/record'))
      router.refresh()
    } catch (error) {
      setProblem((error as Error).message)
    }
    setBusy(false)
  }
  return (
    <div className="flex flex-col gap-2" aria-live="polite">
      <div className="flex flex-wrap items-center gap-3">
        <Button onClick={check} disabled={busy}>
          {busy ? 'Checking every entry…' : 'Check the record now'}
        </Button>
        <a href="/api/export" download="record.jsonl" className="text-[13px] font-medium text-accent">
          Export it
        </a>
        {report === null ? <p className="text-[13px]">{last}</p> : <Verdict report={report} />}
      </div>
      {problem === null ? null : <Problem>{problem}</Problem>}
      {report === null || report.findings.length === 0 ? null : (
        <ul className="rounded-md border border-deny/40 bg-deny/8 px-3 py-2 text-[13px]">
          {report.findings.map(({ where, problem: what }) => (
            <li key={`${where} ${what}`}>
              <code className="font-mono text-[12px]">{where}</code>: {what}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Verdict({ report: { findings, entries, chains, versions, heads } }: { report: Report }) {
  const parts = [
    `${count(entries, 'entry', 'entries')} in ${count(chains, 'chain')}`,
    count(versions, 'policy version'),
    count(heads, 'signed head'),
  ]
  return (
    <p className={`text-[13px] ${findings.length === 0 ? 'text-allow' : 'text-deny'}`}>
      {findings.length === 0 ? 'The record holds' : 'The record does not hold'}: {parts.join(', ')}, checked just now.
    </p>
  )
}
