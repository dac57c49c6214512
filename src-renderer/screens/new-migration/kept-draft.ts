/**
 * Owns keeping the draft of a migration between visits. Must not keep secrets: addresses may be signed, so they
 * stay in memory and never reach the disk. Called by the new-migration screen.
 */
import { z } from 'zod';
import { METADATA_RULES } from '../../../src-shared/model/content-rules.ts';
import { OVERWRITE_POLICIES } from '../../../src-shared/model/migration.ts';
import { LETTER_RULES } from '../../../src-shared/model/naming.ts';
import { PROOF_RUNGS } from '../../../src-shared/model/proof.ts';
import { DIRECTORY_MARKER_RULES } from '../../../src-shared/model/selection.ts';
import { EMPTY_DRAFT, type MigrationDraft } from './form-state.ts';

const STORAGE_KEY = 'transship.migration-draft';

const end = z.object({ accountId: z.string(), container: z.string(), prefix: z.string() });
const keptDraft = z.object({
  name: z.string(),
  source: end,
  take: z.enum(['listing', 'urls']),
  destination: end,
  overwrite: z.enum(OVERWRITE_POLICIES),
  minimumProof: z.enum(PROOF_RUNGS),
  queue: z.string(),
  include: z.string(),
  exclude: z.string(),
  leastSize: z.string(),
  mostSize: z.string(),
  changedAfter: z.string(),
  changedBefore: z.string(),
  directoryMarkers: z.enum(DIRECTORY_MARKER_RULES),
  stripPrefix: z.string(),
  letters: z.enum(LETTER_RULES),
  template: z.string(),
  cacheControl: z.string(),
  contentType: z.string(),
  metadata: z.enum(METADATA_RULES),
  tags: z.enum(METADATA_RULES),
  setTags: z.string(),
  storageClass: z.string(),
  acl: z.string(),
});

type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The draft as it was left, without its addresses; an empty one when there is none or it cannot be read. */
export function readKeptDraft(storage: DraftStorage): MigrationDraft {
  const text = storage.getItem(STORAGE_KEY);
  if (text === null) return EMPTY_DRAFT;
  const parsed = keptDraft.safeParse(parseJson(text));
  // Deleting is chosen anew each time.
  return parsed.success ? { ...parsed.data, afterCopy: 'keep', urls: '', urlFile: null } : EMPTY_DRAFT;
}

/** false: the storage refused (full, or forbidden); the draft then lives only as long as the window. */
export function keepDraft(storage: DraftStorage, draft: MigrationDraft): boolean {
  const { urls: _urls, urlFile: _urlFile, afterCopy: _afterCopy, ...kept } = draft;
  try {
    storage.setItem(STORAGE_KEY, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(storage: DraftStorage): void {
  storage.removeItem(STORAGE_KEY);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What another version or a person left there is no draft.
    return null;
  }
}
