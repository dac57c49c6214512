/**
 * Owns the small files of the transfer benches: names and bytes that follow from their number. Must not write them
 * anywhere. Used by the bench and by its server.
 */

export function smallFileName(index: number): string {
  return `asset-${String(index).padStart(5, '0')}.jpg`;
}

/** Different for each number, the same every time. */
export function smallFile(index: number, sizeBytes: number): Uint8Array {
  const body = new Uint8Array(sizeBytes);
  let state = (index + 1) * 0x9e3779b9;
  for (let at = 0; at < sizeBytes; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    body[at] = state >>> 24;
  }
  return body;
}
