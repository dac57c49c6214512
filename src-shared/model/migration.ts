/**
 * Owns what a migration is and how its displayed state is derived from its intent and its counters.
 * Must not store anything. Read by every room.
 */
import type { Location, StatedAsset } from './asset.ts';
import { type ContentRules, KEEP_CONTENT } from './content-rules.ts';
import type { Failure } from './failure.ts';
import { JOB_STATES, type StateCounts } from './job-state.ts';
import { KEEP_NAMES, type NamingRules } from './naming.ts';
import type { ProofRung } from './proof.ts';
import type { SelectionFilter } from './selection.ts';
import type { AfterCopyRule, RemovalCounts } from './source-removal.ts';

/**
 * What to do when the destination key exists: leave it, replace it where the source was changed later, replace it if
 * its bytes differ, or replace it always. Where one of the times is not known, `if-newer` is `if-different`.
 */
export const OVERWRITE_POLICIES = ['never', 'if-newer', 'if-different', 'always'] as const;
export type OverwritePolicy = (typeof OVERWRITE_POLICIES)[number];

/** What the person wants of the migration now. Never derived. */
export const MIGRATION_INTENTS = ['run', 'pause', 'cancel'] as const;
export type MigrationIntent = (typeof MIGRATION_INTENTS)[number];

/** How far the planner is. */
export const LISTING_STATES = ['waiting', 'listing', 'done', 'failed'] as const;
export type ListingState = (typeof LISTING_STATES)[number];

/** One asset named by hand, with what is known of it; without a destination key the source key decides it. */
export interface NamedAsset extends StatedAsset {
  readonly sourceKey: string;
  readonly destinationKey?: string;
  /** As a listing told it: known, and promised by nobody. */
  readonly listedBytes?: number;
}

/** As zod reads it: an optional field may be there and undefined. */
type LooseStatement = { readonly [K in keyof StatedAsset]: StatedAsset[K] | undefined };

/** What was said of it beside its keys; undefined when nothing was. */
export function statedOf({ sizeBytes, md5, sha256 }: LooseStatement): StatedAsset | undefined {
  if (sizeBytes === undefined && md5 === undefined && sha256 === undefined) return undefined;
  return {
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(md5 === undefined ? {} : { md5 }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

export interface MigrationPolicies {
  readonly overwrite: OverwritePolicy;
  readonly minimumProof: ProofRung;
  readonly afterCopy: AfterCopyRule;
  readonly naming: NamingRules;
  readonly content: ContentRules;
}

export const DEFAULT_POLICIES: MigrationPolicies = {
  overwrite: 'if-different',
  minimumProof: 'size-only',
  afterCopy: 'keep',
  naming: KEEP_NAMES,
  content: KEEP_CONTENT,
};

export const DISPLAY_STATES = [
  'planning',
  'running',
  'waiting',
  'paused',
  'cancelling',
  'completed',
  'incomplete',
  'empty',
  'failed',
  'cancelled',
] as const;
/**
 * `incomplete`: everything ended and some jobs failed or were cancelled, or some sources of a move could not be deleted.
 * `empty`: the source had nothing to move. `failed`: the source could not be listed to its end and nothing is left to do.
 */
export type DisplayState = (typeof DISPLAY_STATES)[number];

export interface MigrationView {
  readonly id: number;
  readonly name: string;
  readonly queue: string;
  readonly source: Location;
  readonly destination: Location;
  /** null: it moves the assets that were named. */
  readonly filter: SelectionFilter | null;
  readonly policies: MigrationPolicies;
  readonly intent: MigrationIntent;
  readonly listing: ListingState;
  readonly listingFailure: Failure | null;
  readonly state: DisplayState;
  readonly counts: StateCounts;
  /** All jobs that the planner has made so far: always the sum of the counts. */
  readonly discovered: number;
  /** Assets that were listed and are not moved, by its filter. They are not among the jobs. */
  readonly leftOut: number;
  /** Of a move: what became of the sources of jobs that arrived. */
  readonly removals: RemovalCounts;
  readonly totalBytes: number;
  readonly doneBytes: number;
  readonly isSample: boolean;
  /** When its finished jobs were cleaned up; its counters still tell of them. */
  readonly prunedAtMs: number | null;
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
}

/** What is stored of a migration; the rest of the view is derived from it. */
export type MigrationFacts = Omit<MigrationView, 'state' | 'discovered'>;

/** How a stored migration looks to everyone outside. Pure. */
export function migrationView(facts: MigrationFacts): MigrationView {
  return {
    id: facts.id,
    name: facts.name,
    queue: facts.queue,
    source: facts.source,
    destination: facts.destination,
    filter: facts.filter,
    policies: facts.policies,
    intent: facts.intent,
    listing: facts.listing,
    listingFailure: facts.listingFailure,
    state: deriveDisplayState(facts),
    // A copy: whoever counts goes on counting in its own.
    counts: { ...facts.counts },
    discovered: JOB_STATES.reduce((sum, state) => sum + facts.counts[state], 0),
    leftOut: facts.leftOut,
    removals: { ...facts.removals },
    totalBytes: facts.totalBytes,
    doneBytes: facts.doneBytes,
    isSample: facts.isSample,
    prunedAtMs: facts.prunedAtMs,
    createdAtMs: facts.createdAtMs,
    finishedAtMs: facts.finishedAtMs,
  };
}

/** The displayed state, from what is stored. Pure. */
export function deriveDisplayState(of: {
  readonly intent: MigrationIntent;
  readonly listing: ListingState;
  readonly counts: StateCounts;
  readonly removals: RemovalCounts;
}): DisplayState {
  const { counts, intent, listing, removals } = of;
  const openJobs = counts.pending + counts.scheduled + counts.running + counts.paused;
  const open = openJobs + removals.owed;
  const finished = counts.completed + counts.skipped + counts.failed + counts.cancelled;
  if (intent === 'cancel') return open > 0 ? 'cancelling' : 'cancelled';
  const listed = listing === 'done' || listing === 'failed';
  if (listed && open === 0) {
    if (listing === 'failed') return 'failed';
    if (finished === 0) return 'empty';
    if (counts.cancelled === finished) return 'cancelled';
    // Somebody cancelled some of its jobs: what arrived is not all that was asked for.
    return counts.failed + removals.failed + counts.cancelled > 0 ? 'incomplete' : 'completed';
  }
  if (intent === 'pause') return 'paused';
  if (counts.running > 0 || (openJobs === 0 && removals.owed > 0)) return 'running';
  if (!listed) return 'planning';
  return counts.paused === openJobs ? 'paused' : 'waiting';
}
