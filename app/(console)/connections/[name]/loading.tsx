import { Skeleton } from '../../../../components/ui/page'
import { PageSkeleton, TableSkeleton } from '../../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Connection" about up={{ href: '/connections', name: 'Connections' }}>
      <Skeleton className="h-30" />
      <Skeleton className="h-72" />
      <TableSkeleton rows={5} />
    </PageSkeleton>
  )
}
