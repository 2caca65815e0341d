import { Skeleton } from '../../../components/ui/page'
import { PageSkeleton, SectionSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Audit" about>
      <SectionSkeleton>
        <Skeleton className="h-33 max-sm:h-46" />
      </SectionSkeleton>
      <div>
        <Skeleton className="mb-2 ml-auto h-8 w-46" />
        <TableSkeleton rows={14} head={false} />
      </div>
    </PageSkeleton>
  )
}
