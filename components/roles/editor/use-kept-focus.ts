import { useEffect, useRef } from 'react'
import { focusNear, pathOf } from '../draft/editor-context'

type Last = { element: HTMLElement; path: string | null }

/** When what had the keyboard goes with a change of the draft, what stands there now has it, or what it was in. */
export function useKeptFocus(revision: number | undefined): void {
  const last = useRef<Last | null>(null)
  useEffect(() => {
    const come = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement) last.current = { element: target, path: pathOf(target) }
    }
    // Somebody clicked beside everything: that is no loss.
    const leave = ({ target }: FocusEvent) =>
      setTimeout(() => {
        const isThere = target instanceof HTMLElement && target.isConnected && !target.matches(':disabled')
        if (isThere && document.activeElement === document.body) last.current = null
      }, 0)
    document.addEventListener('focusin', come)
    document.addEventListener('focusout', leave)
    return () => {
      document.removeEventListener('focusin', come)
      document.removeEventListener('focusout', leave)
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision is when something may have gone
  useEffect(() => {
    const has = document.activeElement
    // A button that was just disabled has the keyboard until the page is drawn.
    if (last.current === null || (has !== document.body && has?.matches(':disabled') !== true)) return
    const { element, path } = last.current
    if (element.isConnected) element.parentElement?.querySelector<HTMLElement>('button:not(:disabled)')?.focus()
    else if (path !== null) focusNear(path)
  }, [revision])
}
