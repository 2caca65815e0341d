/** A text as PostgreSQL can hold it: NUL and half surrogate pairs become U+FFFD. For what is shown, never for what is compared. */
export const storable = (text: string): string => text.replace(/\0|\p{Surrogate}/gu, '\ufffd')
