/**
 * Owns the comparison of what a bucket should hold with what another tool found in it. Pure. Must not use any code of
 * the product. Used by migrate.servers.test.ts.
 */

/** What is known of one object. A field that is absent is not compared. */
export interface Holding {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly contentType?: string | null;
  readonly cacheControl?: string | null;
  /** Every pair must be there; the destination may have more. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One sentence for each difference; empty when the destination is complete, exact and has nothing else. */
export function compareHoldings(expected: ReadonlyMap<string, Holding>, found: ReadonlyMap<string, Holding>): string[] {
  const differences: string[] = [];
  for (const [key, want] of expected) {
    const have = found.get(key);
    if (have === undefined) {
      differences.push(`${JSON.stringify(key)} is missing`);
      continue;
    }
    for (const field of ['sizeBytes', 'sha256', 'contentType', 'cacheControl'] as const) {
      if (want[field] === undefined || want[field] === have[field]) continue;
      differences.push(`${JSON.stringify(key)} has ${field} ${have[field]}, not ${want[field]}`);
    }
    for (const [name, value] of Object.entries(want.metadata ?? {})) {
      const there = have.metadata?.[name];
      if (there !== value) differences.push(`${JSON.stringify(key)} has metadata ${name}=${there}, not ${value}`);
    }
  }
  for (const key of found.keys()) {
    if (!expected.has(key)) differences.push(`${JSON.stringify(key)} should not be there`);
  }
  return differences;
}
