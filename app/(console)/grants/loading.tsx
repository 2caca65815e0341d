import { Skeleton } from '../../../components/ui/page'
import { PageSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Grants" about>
      <Skeleton className="h-4 w-28" />
      <TableSkeleton rows={3} />
      <Skeleton className="h-4 w-16" />
      <TableSkeleton rows={6} />
    </PageSkeleton>
  )
}
