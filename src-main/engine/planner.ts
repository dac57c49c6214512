/**
 * Owns turning a migration into jobs: has a worker list the source page by page, makes each page into jobs in one
 * transaction together with the position, so that a restart goes on where it was. Must not list itself.
 * Called by the coordinator after commits.
 */
import { type Failure, failure, toFailure } from '../../src-shared/model/failure.ts';
import { statedOf } from '../../src-shared/model/migration.ts';
import type { Clock, Log, Rng } from '../ports.ts';
import type { NewJob, StoredMigration } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { AccountBook } from './account-book.ts';
import { destinationKey, namedDestination } from './destination-key.ts';
import type { Mailbox } from './mailbox.ts';
import { countOpen, openJobs } from './open-jobs.ts';
import { decideRetry } from './retry-policy.ts';
import type { Supervisor } from './supervisor.ts';

export interface Planner {
  /** Starts planning whatever should be planned and is not. */
  look(): void;
  stop(): void;
}

export interface PlannerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly mailbox: Mailbox;
  readonly supervisor: Supervisor;
  readonly accounts: AccountBook;
}

/** S3 gives at most 1,000 keys a page; as one transaction it takes about 10 ms. */
const PAGE_ASSETS = 1_000;
/** Migrations listed at the same time; the rest wait their turn. */
const MAX_PLANS = 4;
/** Listings are held back before the house is full, so that requests still find room. */
const FILL = 0.9;
/** Handed out ahead for each migration even then, so that a huge one does not hold up the others. */
const AHEAD_JOBS = 10_000;
const RETRY_STORE_MS = 1_000;

/** A source that could not be listed, and is left alone for a while. */
interface Rest {
  readonly strikes: number;
  readonly sinceMs: number;
  /** null: the rest is over. */
  readonly cancelTimer: (() => void) | null;
}

interface PlannedPage {
  readonly jobs: readonly NewJob[];
  /** null: the source is listed to its end. */
  readonly position: string | null;
}

export function createPlanner(deps: PlannerDeps): Planner {
  const { store, clock, log, mailbox } = deps;
  const active = new Set<number>();
  /** They hold up nobody: others are listed meanwhile. */
  const resting = new Map<number, Rest>();
  let stopped = false;

  const pause = (delayMs: number): Promise<void> => new Promise((resolve) => clock.after(delayMs, resolve));

  /** null: it should not be planned now. */
  function planable(migrationId: number): StoredMigration | null {
    if (stopped || store.isHousePaused()) return null;
    const migration = store.migration(migrationId);
    if (migration === null || migration.intent !== 'run') return null;
    return migration.listing === 'waiting' || migration.listing === 'listing' ? migration : null;
  }

  /** Enough is listed ahead: the rest of the source waits until some of it has ended. */
  function isHeldBack({ counts }: StoredMigration): boolean {
    const open = openJobs(store);
    const { maxOpenJobs } = store.settings();
    if (open < maxOpenJobs * FILL) return false;
    return open >= maxOpenJobs || countOpen(counts) >= AHEAD_JOBS;
  }

  /** Never more than the house has room for. */
  function pageLimit(): number {
    return Math.max(1, Math.min(PAGE_ASSETS, store.settings().maxOpenJobs - openJobs(store)));
  }

  async function readPage(migration: StoredMigration): Promise<PlannedPage> {
    const { source, destination, listingPosition } = migration;
    if (migration.selection === 'assets') {
      const from = Number(listingPosition ?? 0);
      const limit = pageLimit();
      const assets = store.readNamedAssets(migration.id, from, limit);
      return {
        jobs: assets.map((asset) => ({
          sourceKey: asset.sourceKey,
          destinationKey: namedDestination(asset, migration),
          sizeBytes: asset.sizeBytes ?? null,
          versionToken: null,
          stated: statedOf(asset),
        })),
        position: assets.length < limit ? null : `${from + assets.length}`,
      };
    }
    const account = await deps.accounts.forWorker(source.accountId);
    const page = await deps.supervisor.list(account, {
      container: source.container,
      prefix: source.prefix,
      position: listingPosition,
      limit: pageLimit(),
    });
    return {
      jobs: page.assets.map((asset) => ({
        sourceKey: asset.key,
        destinationKey: destinationKey(asset.key, source.prefix, destination.prefix),
        sizeBytes: asset.sizeBytes < 0 ? null : asset.sizeBytes,
        versionToken: asset.versionToken ?? null,
      })),
      position: page.position,
    };
  }

  /** The page and the place after it, or nothing. */
  function keepPage(before: StoredMigration, position: string | null, page: PlannedPage): void {
    const migration = planable(before.id);
    // Cancelled, paused or set back while the page was read: whoever goes on reads it again.
    if (migration === null || migration.listingPosition !== position) return;
    // Others filled the house meanwhile: it is listed again when there is room.
    if (openJobs(store) + page.jobs.length > store.settings().maxOpenJobs) return;
    if (page.position !== null && page.position === position) {
      failListing(before.id, failure('unexpected', 'The source gives the same page of its listing again and again.'));
      return;
    }
    if (page.jobs.length > 0) store.insertJobs(before.id, page.jobs);
    store.updateMigration(before.id, {
      listing: page.position === null ? 'done' : 'listing',
      listingPosition: page.position,
      listingFailure: null,
    });
  }

  function failListing(migrationId: number, reason: Failure): void {
    if (planable(migrationId) !== null) {
      store.updateMigration(migrationId, { listing: 'failed', listingFailure: reason });
    }
  }

  /** Looks again by itself, or leaves it for good. */
  async function restOrFail(migrationId: number, reason: Failure): Promise<void> {
    if (stopped) return;
    const nowMs = clock.monotonicMs();
    const { strikes, sinceMs } = resting.get(migrationId) ?? { strikes: 0, sinceMs: nowMs };
    const decision = decideRetry(reason, strikes, nowMs - sinceMs, deps.rng.fraction());
    log.warn('A source could not be listed.', { migrationId, failure: reason, retry: decision.retry });
    if (!decision.retry) {
      resting.delete(migrationId);
      await keep(() => failListing(migrationId, reason));
      return;
    }
    const rest = { strikes: strikes + (decision.isStrike ? 1 : 0), sinceMs };
    const cancelTimer = clock.after(decision.delayMs, () => {
      if (planable(migrationId) === null) resting.delete(migrationId);
      else resting.set(migrationId, { ...rest, cancelTimer: null });
      planner.look();
    });
    resting.set(migrationId, { ...rest, cancelTimer });
  }

  async function plan(migrationId: number): Promise<void> {
    for (let migration = planable(migrationId); migration !== null; migration = planable(migrationId)) {
      if (isHeldBack(migration)) return;
      const position = migration.listingPosition;
      let page: PlannedPage;
      try {
        page = await readPage(migration);
      } catch (error) {
        await restOrFail(migrationId, toFailure(error));
        return;
      }
      resting.delete(migrationId);
      const before = migration;
      await keep(() => keepPage(before, position, page));
    }
  }

  async function keep(verb: () => void): Promise<void> {
    try {
      await mailbox.post(verb);
    } catch (error) {
      // The page was not kept and neither was the position: it is read again.
      log.error('A page of a listing could not be kept.', { failure: toFailure(error) });
      await pause(RETRY_STORE_MS);
    }
  }

  const planner: Planner = {
    look() {
      if (stopped || store.isHousePaused() || active.size >= MAX_PLANS) return;
      for (const migration of store.openMigrations()) {
        const { id, listing, intent } = migration;
        if (active.size >= MAX_PLANS) return;
        if (intent !== 'run' || (listing !== 'waiting' && listing !== 'listing') || active.has(id)) continue;
        if ((resting.get(id)?.cancelTimer ?? null) !== null || isHeldBack(migration)) continue;
        active.add(id);
        void plan(id).finally(() => {
          active.delete(id);
          planner.look();
        });
      }
    },
    stop() {
      stopped = true;
      for (const { cancelTimer } of resting.values()) cancelTimer?.();
    },
  };
  return planner;
}
