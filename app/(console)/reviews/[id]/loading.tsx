import { InboxSkeleton } from '../../../../components/ui/skeletons'

export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <InboxSkeleton open />
    </div>
  )
}
