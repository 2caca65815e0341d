import { PageSkeleton, SectionSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Notices" about actions>
      <SectionSkeleton>
        <TableSkeleton rows={2} />
      </SectionSkeleton>
      <SectionSkeleton>
        <TableSkeleton rows={6} />
      </SectionSkeleton>
    </PageSkeleton>
  )
}
