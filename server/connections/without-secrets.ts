import { credentialForms } from '../masking/credentials'

// A shorter one stands in every text by chance.
const formLengthMin = 6

/** Without the credential, in whatever form a target may repeat it: what is kept, shown and compared. */
export function withoutSecrets(secrets: string[]): (text: string) => string {
  const forms = credentialForms(secrets)
    .map(([form]) => form)
    .filter((form) => form.length >= formLengthMin)
    .sort((a, b) => b.length - a.length)
  return (text) => forms.reduce((left, form) => left.replaceAll(form, '[masked]'), text)
}
