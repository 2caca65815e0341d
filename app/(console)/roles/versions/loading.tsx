import { PageSkeleton, SectionSkeleton, TableSkeleton } from '../../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Policy versions" about up={{ href: '/roles', name: 'Roles' }}>
      <div className="grid gap-6 lg:grid-cols-[minmax(280px,360px)_minmax(0,1fr)]">
        <TableSkeleton rows={10} head={false} />
        <SectionSkeleton>
          <TableSkeleton rows={6} />
        </SectionSkeleton>
      </div>
    </PageSkeleton>
  )
}
