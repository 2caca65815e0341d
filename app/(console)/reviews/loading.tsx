import { InboxSkeleton, PageSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Reviews" about>
      <InboxSkeleton />
    </PageSkeleton>
  )
}
