import type { TextareaHTMLAttributes } from 'react'

type Props = Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'value' | 'onChange'> & {
  value: string
  onValue(value: string): void
  onEnter?: () => void
}

/** A text in a line that may hold several: an input of one line would drop the breaks. `shift-enter` makes one. */
export function InlineText({ onValue, onEnter, className = '', ...rest }: Props) {
  return (
    <textarea
      rows={1}
      spellCheck={false}
      className={`${className} resize-none [field-sizing:content]`}
      onChange={(event) => onValue(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
        event.preventDefault()
        onEnter?.()
      }}
      {...rest}
    />
  )
}
