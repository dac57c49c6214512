/**
 * Owns the links under which a door without a desktop gives out a report or a URL map: 256 random bits, good once and
 * for a minute. Must not open anything itself. Made by compose.ts; filled by evidence-handlers.ts, emptied by a door.
 */
import { randomBytes } from 'node:crypto';
import type { EvidenceFile } from '../evidence/open-evidence.ts';
import type { Clock } from '../ports.ts';

const KEY_BYTES = 32;
const LINK_MS = 60_000;
/** Nobody needs more at the same time; the oldest goes. */
const MAX_LINKS = 64;

export interface EvidenceLinks {
  /** The link's own part. */
  add(file: EvidenceFile): string;
  /** null: it is used, too old, or none of ours. */
  take(link: string): EvidenceFile | null;
}

export function createEvidenceLinks(clock: Clock): EvidenceLinks {
  const links = new Map<string, { readonly file: EvidenceFile; readonly endsAtMs: number }>();
  return {
    add(file) {
      const oldest = links.keys().next().value;
      if (links.size >= MAX_LINKS && oldest !== undefined) links.delete(oldest);
      const link = randomBytes(KEY_BYTES).toString('base64url');
      links.set(link, { file, endsAtMs: clock.monotonicMs() + LINK_MS });
      return link;
    },
    take(link) {
      const found = links.get(link);
      links.delete(link);
      return found === undefined || found.endsAtMs < clock.monotonicMs() ? null : found.file;
    },
  };
}
