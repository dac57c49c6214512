/**
 * Owns the room of the spool over all running attempts, on the disk and in memory: what an attempt will need is set
 * aside before it starts, and what does not fit waits. Must not look at the disk (space-watch does). Asked by the
 * scheduler for each job it would start, read by the gates.
 */
import type { ProviderDescriptor } from '../../src-shared/model/provider.ts';
import type { PendingJob, StoredMigration } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { AccountBook } from './account-book.ts';
import type { RunningAttempts } from './running-attempts.ts';
import type { SpaceWatch } from './space-watch.ts';
import { MEMORY_SPOOL_BYTES } from './supervisor.ts';

export interface SpoolNeed {
  readonly diskBytes: number;
  readonly memoryBytes: number;
}

/** A worker stays below 200 MB with what else it needs. */
const MEMORY_PER_WORKER_BYTES = 128 * 1024 * 1024;
/** A spool file has two blocks of 1 MiB in motion, and as much on its way out. */
const FILE_MEMORY_BYTES = 4 * 1024 * 1024;

/**
 * What an asset of that size rests in on its way; `sizeBytes` null: not known, and taken for as much as memory takes. Not
 * what is read only to be compared with its lookalike at a destination that stages: nobody knows of it before.
 */
export function spoolNeed(
  sizeBytes: number | null,
  source: ProviderDescriptor | null,
  destination: ProviderDescriptor | null,
): SpoolNeed {
  if (sizeBytes === null) return { diskBytes: 0, memoryBytes: MEMORY_SPOOL_BYTES };
  if (sizeBytes <= MEMORY_SPOOL_BYTES) return { diskBytes: 0, memoryBytes: sizeBytes };
  const restsElsewhere = source?.capabilities.rereads === true || destination?.capabilities.stages === true;
  const diskBytes = restsElsewhere ? 0 : sizeBytes;
  return { diskBytes, memoryBytes: FILE_MEMORY_BYTES };
}

export interface SpoolBudgetDeps {
  readonly store: Store;
  readonly accounts: AccountBook;
  readonly running: RunningAttempts;
  readonly space: () => Pick<SpaceWatch, 'roomBytes' | 'mostRoomBytes'>;
  readonly workers: () => number;
}

export class SpoolBudget {
  private readonly deps: SpoolBudgetDeps;
  private disk = { usedBytes: 0, limitBytes: 0 };
  private memory = { usedBytes: 0, limitBytes: 0 };
  /** The first job on a disk that did not fit: until it does, no other takes the room that it waits for. */
  private waiting: { readonly jobId: number; readonly diskBytes: number } | null = null;
  private isWaitingSeen = false;
  /** Settled in a batch that is not committed yet: their room is free for what starts in the same batch. */
  private readonly ended = new Set<string>();

  constructor(deps: SpoolBudgetDeps) {
    this.deps = deps;
  }

  /** At the beginning of every look at what may start. */
  recount(): void {
    const { store, running, workers } = this.deps;
    this.disk = { usedBytes: 0, limitBytes: this.limitNowBytes() };
    this.memory = { usedBytes: 0, limitBytes: Math.max(1, workers()) * MEMORY_PER_WORKER_BYTES };
    // Somebody stopped it, or it started: others need not wait for it any more.
    if (!this.isWaitingSeen) this.waiting = null;
    this.isWaitingSeen = false;
    for (const token of this.ended) if (running.get(token) === null) this.ended.delete(token);
    for (const { job } of running.all()) {
      const migration = store.migration(job.migrationId);
      if (migration !== null && !this.ended.has(job.token)) this.reserve(job, migration);
    }
  }

  /** False: whatever comes next fits, and nobody needs to look at it first. */
  get isTight(): boolean {
    return this.waiting !== null || this.disk.usedBytes > 0 || this.memory.usedBytes * 2 > this.memory.limitBytes;
  }

  fits(job: PendingJob, migration: StoredMigration): boolean {
    const { diskBytes, memoryBytes } = this.needOf(job, migration);
    // Alone it always may: part of it may be there already, and what truly never fits is refused where it runs.
    const isInMemory = this.memory.usedBytes === 0 || this.memory.usedBytes + memoryBytes <= this.memory.limitBytes;
    if (diskBytes === 0) return isInMemory;
    const isOnDisk = this.disk.usedBytes === 0 || this.fitsBeside(diskBytes);
    if (this.waiting?.jobId === job.id) {
      this.isWaitingSeen = !isOnDisk;
      return isOnDisk && isInMemory;
    }
    if (this.waiting !== null) return false;
    if (!isOnDisk) {
      this.waiting = { jobId: job.id, diskBytes };
      this.isWaitingSeen = true;
    }
    return isOnDisk && isInMemory;
  }

  reserve(job: PendingJob, migration: StoredMigration): void {
    const { diskBytes, memoryBytes } = this.needOf(job, migration);
    this.disk.usedBytes += diskBytes;
    this.memory.usedBytes += memoryBytes;
    if (this.waiting?.jobId === job.id) this.waiting = null;
  }

  release(token: string): void {
    this.ended.add(token);
  }

  /** Why the job waits for room; null: it does not. */
  reason(job: { readonly id: number; readonly sizeBytes: number | null }, migration: StoredMigration): string | null {
    const { diskBytes } = this.needOf(job, migration);
    if (diskBytes === 0 || (this.waiting === null && this.fitsBeside(diskBytes))) return null;
    const free = Math.max(0, this.disk.limitBytes - this.disk.usedBytes);
    return this.waiting !== null && this.waiting.jobId !== job.id
      ? 'Waiting for spool space: a larger asset is first in line for it'
      : `Waiting for spool space: it needs ${inMiB(diskBytes)} and ${inMiB(free)} are free`;
  }

  /** What running attempts have on the disk now. */
  spooledBytes(): number {
    let bytes = 0;
    for (const { job, progress } of this.deps.running.all()) {
      const migration = this.deps.store.migration(job.migrationId);
      if (migration !== null && this.needOf(job, migration).diskBytes > 0) bytes += progress?.spooledBytes ?? 0;
    }
    return bytes;
  }

  /** More than this can never rest in the spool; null: not known yet. */
  roomBytes(): number | null {
    return this.deps.store.settings().spoolBudgetBytes ?? this.deps.space().mostRoomBytes;
  }

  private fitsBeside(diskBytes: number): boolean {
    return this.disk.usedBytes + diskBytes <= this.disk.limitBytes;
  }

  private limitNowBytes(): number {
    const onDiskBytes = this.deps.space().roomBytes ?? Number.POSITIVE_INFINITY;
    return Math.min(onDiskBytes, this.deps.store.settings().spoolBudgetBytes ?? Number.POSITIVE_INFINITY);
  }

  private needOf({ sizeBytes }: { readonly sizeBytes: number | null }, migration: StoredMigration): SpoolNeed {
    if (migration.kind === 'notices') return { diskBytes: 0, memoryBytes: 0 };
    const { accounts } = this.deps;
    const [source, destination] = [migration.source, migration.destination].map(
      ({ accountId }) => accounts.find(accountId)?.descriptor ?? null,
    );
    return spoolNeed(sizeBytes, source ?? null, destination ?? null);
  }
}

function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`;
}
