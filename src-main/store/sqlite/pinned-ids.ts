/**
 * Owns how the ids of a bulk are kept: ascending, as gaps of seven bits a byte (LEB128), so that a million of them
 * take about a megabyte. Pure. Used by bulk-verbs.ts.
 */

/** `ids` ascending, each a safe whole number above the one before. */
export function packIds(ids: readonly number[]): Uint8Array {
  // No gap of a safe whole number takes more than eight bytes; what is asked for and not touched costs nothing.
  const bytes = new Uint8Array(ids.length * 8);
  let length = 0;
  let last = 0;
  for (const id of ids) {
    let gap = id - last;
    last = id;
    while (gap >= 128) {
      bytes[length] = (gap % 128) + 128;
      length += 1;
      gap = Math.floor(gap / 128);
    }
    bytes[length] = gap;
    length += 1;
  }
  return bytes.slice(0, length);
}

/** `count`: how many there are. */
export function unpackIds(bytes: Uint8Array, count: number): Float64Array {
  const ids = new Float64Array(count);
  let found = 0;
  let last = 0;
  let gap = 0;
  let unit = 1;
  for (const byte of bytes) {
    gap += (byte % 128) * unit;
    unit *= 128;
    if (byte >= 128) continue;
    last += gap;
    ids[found] = last;
    found += 1;
    gap = 0;
    unit = 1;
  }
  if (found !== count) throw new Error(`A bulk of ${count} ids holds ${found}.`);
  return ids;
}
