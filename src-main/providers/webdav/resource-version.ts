/**
 * Owns what tells one version of an asset from the next: size, time and ETag. Pure. Called by propfind.ts and
 * read-asset.ts.
 *
 * All three count. ETags alone would not do: nginx has none in PROPFIND, and Apache's is weak for a second or two after
 * a write and then strong. The mark of weakness is left out, because what follows it stays the same; size and time,
 * which are in Apache's ETag anyway, make up for what the mark warns of. Times have whole seconds, so where there is no
 * ETag, two writes within one second that keep the size go unseen.
 */

export interface VersionFacts {
  readonly sizeBytes: number;
  readonly modifiedAtMs?: number | undefined;
  readonly etag?: string | undefined;
}

const UNKNOWN = '-';

/** undefined when the server says neither time nor ETag. */
export function versionOf({ sizeBytes, modifiedAtMs, etag }: VersionFacts): string | undefined {
  if (modifiedAtMs === undefined && etag === undefined) return undefined;
  return `${sizeBytes} ${modifiedAtMs ?? UNKNOWN} ${etag === undefined ? UNKNOWN : withoutWeakness(etag)}`;
}

/** Whether an answer is of that version, as far as both say something: PROPFIND and GET need not say the same things. */
export function isVersion(token: string, facts: VersionFacts): boolean {
  const [, sizeBytes, modifiedAtMs, etag] = /^(\S+) (\S+) (.+)$/.exec(token) ?? [];
  const agree = (known: string | undefined, now: string | number | undefined): boolean =>
    known !== undefined && (known === UNKNOWN || now === undefined || known === String(now));
  return (
    (sizeBytes === '-1' || facts.sizeBytes < 0 || agree(sizeBytes, facts.sizeBytes)) &&
    agree(modifiedAtMs, facts.modifiedAtMs) &&
    agree(etag, facts.etag === undefined ? undefined : withoutWeakness(facts.etag))
  );
}

/** Size of that version; -1 when the server did not say. */
export function sizeOfVersion(token: string | undefined): number {
  return Number(/^-?\d+/.exec(token ?? '')?.[0] ?? -1);
}

function withoutWeakness(etag: string): string {
  return etag.replace(/^W\//, '');
}
