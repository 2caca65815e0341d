import { PageSkeleton, SectionSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Grants" about="long">
      <SectionSkeleton>
        <TableSkeleton rows={3} />
      </SectionSkeleton>
      <SectionSkeleton>
        <TableSkeleton rows={6} />
      </SectionSkeleton>
    </PageSkeleton>
  )
}
