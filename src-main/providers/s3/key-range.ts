/**
 * Owns ranges of keys: their order, how they stand in the position of a listing, and where one is best cut in two. Pure.
 * Must not ask the service. Called by bucket-listing.ts and kept-listings.ts.
 *
 * Any cut is right; a good one leaves work on both sides. How many keys are where is unknown, so a cut is guessed from
 * the last page: what its keys share ("depth") is as fine as a cut may be, what the whole range shares is as coarse.
 */

/** Keys between the two, without them; null: from the first, to the last. */
export interface KeyRange {
  readonly after: string | null;
  readonly before: string | null;
}

/** The last characters of ASCII, of what has two bytes in UTF-16, and of all that is not reserved. */
const TOPS = [0x7e, 0xfffd, 0x10fffd];
/** Digits, capitals, small letters: the first, and what comes after the last. */
const KINDS = [
  [0x30, 0x3a],
  [0x41, 0x5b],
  [0x61, 0x7b],
] as const;
/** Before the first character that can be printed. */
const BELOW_ALL = 0x1f;

/** What is still to be listed. */
export function writePosition(ranges: readonly KeyRange[]): string {
  return JSON.stringify(ranges.map(({ after, before }) => [after, before]));
}

/** Where a listing goes on after a key. */
export function positionAfter(key: string): string {
  return writePosition([{ after: key, before: null }]);
}

/** What holds no ranges is the beginning: keys that come twice make no second job. */
export function readPosition(position: string | null): readonly KeyRange[] {
  const read: unknown = JSON.parse(position ?? '[]');
  return Array.isArray(read) && read.length > 0 ? read.map(readRange) : [{ after: null, before: null }];
}

function readRange(pair: unknown): KeyRange {
  const [after, before]: readonly unknown[] = Array.isArray(pair) ? pair : [];
  return { after: keyIn(after), before: keyIn(before) };
}

function keyIn(read: unknown): string | null {
  return typeof read === 'string' ? read : null;
}

/** As services order keys, by the bytes of UTF-8: below 0 when `one` comes first. JavaScript compares UTF-16 units. */
export function compareKeys(one: string, other: string): number {
  const shortest = Math.min(one.length, other.length);
  for (let at = 0; at < shortest; at += 1) {
    const [first, second] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (first !== second) return orderOf(first) - orderOf(second);
  }
  return one.length - other.length;
}

/** Halves of surrogate pairs stand for characters that come after all others. */
function orderOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Characters that both begin with. */
export function sharedLength(one: readonly string[], other: readonly string[]): number {
  const end = Math.min(one.length, other.length);
  for (let at = 0; at < end; at += 1) if (one[at] !== other[at]) return at;
  return end;
}

export interface Cut {
  /** The lower range ends with it, the upper one begins after it. */
  readonly at: string;
  /** Characters that all keys of the range share: the fewer, the more may be in it. */
  readonly shared: number;
}

/**
 * Where to cut what lies after `after`; null: it is not worth it, or there is no room. `depth` characters are shared by
 * the keys of the last page; all begin with `prefix`.
 */
export function cutOf(after: string, before: string | null, depth: number, prefix: string): Cut | null {
  const key = [...after];
  const end = before === null ? null : [...before];
  const shared = end === null ? [...prefix].length : sharedLength(key, end);
  // Half-way between coarse and fine: an upper part without keys halves what is left to try, as does one with keys.
  const at = Math.ceil((shared + depth) / 2);
  const point = depth > shared ? topAbove(codeAt(key, at)) : middle(codeAt(key, shared), end && codeAt(end, shared));
  if (point === null) return null;
  const cut = key.slice(0, at).join('') + String.fromCodePoint(point);
  const isInside = compareKeys(after, cut) < 0 && (before === null || compareKeys(cut, before) < 0);
  return isInside ? { at: cut, shared } : null;
}

function codeAt(characters: readonly string[], at: number): number {
  return characters[at]?.codePointAt(0) ?? BELOW_ALL;
}

function topAbove(code: number): number | null {
  return TOPS.find((top) => top > code) ?? null;
}

/** Names of one kind have characters of one kind at one place, so a digit is looked for among digits first. */
function middle(low: number, high: number | null): number | null {
  const kindEnd = KINDS.find(([first, end]) => low >= first && low < end - 1)?.[1] ?? Number.POSITIVE_INFINITY;
  const end = Math.min(kindEnd, high ?? topAbove(low) ?? low);
  const half = low + Math.floor((end - low) / 2);
  // Half a surrogate pair is no character.
  if (half >= 0xd800 && half <= 0xdfff) return topAbove(half);
  return half > low ? half : null;
}
