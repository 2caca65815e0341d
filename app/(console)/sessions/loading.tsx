import { Skeleton } from '../../../components/ui/page'
import { PageSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Sessions" about>
      <Skeleton className="h-25" />
      <Skeleton className="h-8" />
      <TableSkeleton rows={14} />
    </PageSkeleton>
  )
}
