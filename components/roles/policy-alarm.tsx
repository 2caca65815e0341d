/** Above whatever is shown of a policy while the newest stored version is not what was published. */
export function PolicyAlarm({ alarm }: { alarm: string | null }) {
  if (alarm === null) return null
  return (
    <p role="alert" className="rounded-md border border-deny/40 bg-deny/8 px-3 py-2 text-[13px]">
      The stored policy does not verify: {alarm}. Nothing can be published until the record is as it was.
    </p>
  )
}
