import type { DetectorName } from '../types'
import { awsKey } from './detectors/aws-key'
import { creditCard } from './detectors/credit-card'
import { email } from './detectors/email'
import { iban } from './detectors/iban'
import { jwt } from './detectors/jwt'
import { privateKey } from './detectors/private-key'

/** Tells every place it finds, in order. Linear in the length of the text. */
export type Detect = (text: string, hit: (start: number, end: number) => void) => void

export const detectors = {
  email,
  credit_card: creditCard,
  iban,
  jwt,
  private_key: privateKey,
  aws_key: awsKey,
} satisfies Record<DetectorName, Detect>
