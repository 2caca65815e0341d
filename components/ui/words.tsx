/** A sentence in which what stands in backticks is a name. */
export function Words({ children }: { children: string }) {
  return (
    <span className="[overflow-wrap:anywhere]">
      {children.split('`').map((piece, index) =>
        index % 2 === 0 ? (
          piece
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one sentence never move
          <code key={index} className="rounded bg-surface-sunken px-1 font-mono text-[12px]">
            {piece}
          </code>
        ),
      )}
    </span>
  )
}
