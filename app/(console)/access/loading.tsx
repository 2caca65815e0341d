import { Skeleton } from '../../../components/ui/page'
import { PageSkeleton, SectionSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="My access" about actions>
      <Skeleton className="h-34.5 max-sm:h-54.5" />
      <SectionSkeleton>
        <TableSkeleton rows={3} head={false} />
      </SectionSkeleton>
      <SectionSkeleton>
        <TableSkeleton rows={5} />
      </SectionSkeleton>
    </PageSkeleton>
  )
}
