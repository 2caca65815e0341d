import type { DetectorName } from '../types'
import { awsKey } from './detectors/aws-key'
import { creditCard } from './detectors/credit-card'
import { email } from './detectors/email'
import { iban } from './detectors/iban'
import { jwt } from './detectors/jwt'
import { privateKey } from './detectors/private-key'
import type { Cover, Span } from './spans'

/** Adds a span for every place it finds. Linear in the length of the text. */
export type Detect = (text: string, cover: Cover, spans: Span[]) => void

export const detectors = {
  email,
  credit_card: creditCard,
  iban,
  jwt,
  private_key: privateKey,
  aws_key: awsKey,
} satisfies Record<DetectorName, Detect>
