import { ChevronRight } from 'lucide-react'
import { Code } from '../ui/code'
import { CopyText } from '../ui/copy-text'

/** What a check of the record proves and what it cannot, for who did not build it, and how to make it without us. */
export const Proof = ({ publicKey }: { publicKey: string }) => (
  <details className="group text-[13px]">
    <summary className="inline-flex items-center gap-1 text-ink-soft hover:text-ink">
      <ChevronRight size={14} className="shrink-0 transition-transform group-open:rotate-90" aria-hidden />
      What this proves
    </summary>
    <div className="mt-2 flex max-w-prose flex-col gap-2">
      <p>
        Every entry carries a fingerprint of the one before it, so that they form chains: one for each start of
        Sallyport, and one for reviews and changes. Each minute the ends of all chains, their heads, are signed
        together. A check reads everything again and finds what was changed, removed, added or put in another order.
      </p>
      <p>
        It cannot tell whether somebody cut entries off the end together with the heads that name them, or wrote
        everything anew with another key. For that, keep signed heads (they are in the log) or an export where nobody
        here can write, and check an export against them without Sallyport:
      </p>
      <Code language="text" text="npm run -s verify-log -- record.jsonl --head head.json" label="command" />
      <p>
        Signed with <CopyText name="the key" text={publicKey} bare />, for <code className="font-mono">--key</code>.
      </p>
    </div>
  </details>
)
