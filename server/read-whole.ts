/** Whether a body may be of so many bytes, asked as it grows. */
export type MayBe = (bytes: number) => boolean

/** All of a body that comes in pieces; null when it is longer than it may be, and then no more of it is read. */
export async function readWhole(pieces: AsyncIterable<Uint8Array>, most: number | MayBe): Promise<Buffer | null> {
  const mayBe = typeof most === 'number' ? (bytes: number) => bytes <= most : most
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of pieces) {
    size += chunk.byteLength
    if (!mayBe(size)) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
