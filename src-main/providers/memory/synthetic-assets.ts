/**
 * Owns assets that are made up from a container's name, so that any process can list and read the same ones without
 * disk or network. Pure. Called by memory-provider.ts.
 */

/** COUNT assets of BYTES bytes each. */
export interface SyntheticContainer {
  readonly count: number;
  readonly sizeBytes: number;
}

const CONTAINER = /^synthetic:(\d{1,9}):(\d{1,12})$/;
const KEY = /^assets\/(\d{9})\.bin$/;
/** Repeated in every asset; begins differently in each, see `syntheticBytes`. */
const PATTERN = Buffer.alloc(64 * 1024, 'Transship synthetic asset. ');

/** null when the name is of another kind. */
export function parseSynthetic(container: string): SyntheticContainer | null {
  const match = CONTAINER.exec(container);
  return match === null ? null : { count: Number(match[1]), sizeBytes: Number(match[2]) };
}

export function syntheticKey(ordinal: number): string {
  return `assets/${String(ordinal).padStart(9, '0')}.bin`;
}

/** null when the container has no such key. */
export function syntheticOrdinal(container: SyntheticContainer, key: string): number | null {
  const match = KEY.exec(key);
  const ordinal = match === null ? Number.NaN : Number(match[1]);
  return ordinal < container.count ? ordinal : null;
}

/** Bytes `first` to `last` (both included). The first eight are the ordinal, so that no two assets are alike. */
export function* syntheticBytes(ordinal: number, first: number, last: number): Generator<Uint8Array, void, void> {
  for (let at = first; at <= last; ) {
    const offset = at % PATTERN.byteLength;
    const chunk = Buffer.from(PATTERN.subarray(offset, offset + Math.min(PATTERN.byteLength - offset, last - at + 1)));
    const mark = Buffer.alloc(8);
    mark.writeBigUInt64BE(BigInt(ordinal));
    if (at < mark.byteLength) mark.copy(chunk, 0, at);
    at += chunk.byteLength;
    yield chunk;
  }
}
