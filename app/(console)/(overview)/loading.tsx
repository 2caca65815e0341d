import { Skeleton } from '../../../components/ui/page'
import { PageSkeleton, SectionSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Overview">
      <Skeleton className="h-33" />
      <div className="grid gap-6 lg:grid-cols-2">
        <SectionSkeleton>
          <Skeleton className="h-31" />
        </SectionSkeleton>
        <div className="flex flex-col gap-6">
          <SectionSkeleton>
            <Skeleton className="h-5 w-72 max-w-full" />
          </SectionSkeleton>
          <SectionSkeleton>
            <Skeleton className="h-5 w-72 max-w-full" />
          </SectionSkeleton>
        </div>
      </div>
    </PageSkeleton>
  )
}
