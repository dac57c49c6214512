/**
 * Owns the mark by which an upload in parts is found again: its id at the service, and, where its bytes were read from
 * the source itself, their name and which parts were seen to have arrived. Pure. Called by put-in-parts.ts and
 * s3-provider.ts.
 */

export interface UploadMark {
  readonly id: string;
  /** null: the bytes have no name, so whatever is there is compared. */
  readonly remoteName: string | null;
  /** Numbers of the parts whose digest was compared with that of the bytes that were sent. */
  readonly finished: ReadonlySet<number>;
}

/** "ID", or "ID NAME BITS": four parts to a hex digit, from part 1 on. No service has spaces in its ids. */
export function writeMark({ id, remoteName, finished }: UploadMark): string {
  if (remoteName === null) return id;
  const digits: number[] = [];
  for (const number of finished) {
    const at = Math.floor((number - 1) / 4);
    while (digits.length <= at) digits.push(0);
    digits[at] = (digits[at] ?? 0) | (1 << ((number - 1) % 4));
  }
  return `${id} ${remoteName} ${digits.map((digit) => digit.toString(16)).join('')}`;
}

export function readMark(mark: string): UploadMark {
  const [id = '', remoteName = null, digits = ''] = mark.split(' ');
  const finished = new Set<number>();
  for (const [at, digit] of [...digits].entries()) {
    const bits = Number.parseInt(digit, 16);
    for (let bit = 0; bit < 4; bit += 1) if ((bits >> bit) & 1) finished.add(at * 4 + bit + 1);
  }
  return { id, remoteName, finished };
}
