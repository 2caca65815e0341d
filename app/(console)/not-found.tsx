import { buttonClass } from '../../components/ui/button'
import { Link } from '../../components/ui/link'
import { PageHead } from '../../components/ui/page'

export default function NotFound() {
  return (
    <>
      <PageHead title="There is nothing here" about="It does not exist, or it is not for you to see." />
      <div>
        <Link href="/?stay=1" className={buttonClass()}>
          Overview
        </Link>
      </div>
    </>
  )
}
