/** Of a policy in a request: the reader of the text form takes 8 million characters. */
export const documentBytesMax = 16_000_000
