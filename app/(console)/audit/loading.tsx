import { Skeleton } from '../../../components/ui/page'
import { PageSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Audit" about>
      <Skeleton className="h-28" />
      <TableSkeleton rows={14} />
    </PageSkeleton>
  )
}
