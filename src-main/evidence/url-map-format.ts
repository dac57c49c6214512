/**
 * Owns what a format of a URL map must say: how it begins, how one redirect stands in it, how it ends, what its target
 * cannot hold. Must not know jobs. Implemented in formats/, used by write-url-map.ts.
 */
import type { WebAddress } from './web-address.ts';

/** One asset with both addresses, or with the reason why it has none. */
export interface MapEntry {
  readonly sourceKey: string;
  readonly destinationKey: string;
  readonly proof: string | null;
  readonly old: WebAddress;
  readonly newUrl: string;
}

export interface LeftOut {
  readonly sourceKey: string;
  readonly destinationKey: string;
  readonly proof: string | null;
  readonly reason: string;
}

export interface MapFacts {
  readonly migrationId: number;
  readonly name: string;
  /** No more than so many redirects. */
  readonly redirects: number;
  /** The old addresses are on several hosts: a redirect must name its own. */
  readonly manyHosts: boolean;
}

export interface UrlMapWriter {
  readonly fileName: (migrationId: number) => string;
  readonly mediaType: string;
  /** How the file is put to use, said in its head. */
  readonly usage: readonly string[];
  /** What a person must know beforehand, limits of the target first; said in the head too where there can be one. */
  readonly remarks: (facts: MapFacts) => readonly string[];
  readonly head: (facts: MapFacts, writer: UrlMapWriter) => string;
  /** Between two entries. */
  readonly separator: string;
  readonly foot: string;
  /** The redirect as text, or why the target cannot hold it. */
  readonly redirect: (entry: MapEntry, facts: MapFacts) => { readonly text: string } | { readonly leftOut: string };
  /** How the file says that an asset is missing from it; null: it cannot, and the whole map is refused. */
  readonly leftOut: ((missing: LeftOut) => string) | null;
  /** Two addresses that the target takes for the same one. Absent: as written. */
  readonly sameAs?: (old: WebAddress) => string;
}

/** For formats in which a line that begins with "#" is a remark. Never longer than a line may be anywhere. */
export function remarkLine(text: string): string {
  return `# ${text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 400)}\n`;
}

export function leftOutLine({ sourceKey, reason }: LeftOut): string {
  return remarkLine(`left out: ${JSON.stringify(sourceKey.slice(0, 200))}: ${reason}`);
}

/** A head of remark lines. */
export function headLines(facts: MapFacts, { usage, remarks }: UrlMapWriter): string {
  const title = `Old to new addresses of migration ${facts.migrationId}, ${JSON.stringify(facts.name)}, made by Transship.`;
  return [title, ...usage, ...remarks(facts)].map(remarkLine).join('');
}
