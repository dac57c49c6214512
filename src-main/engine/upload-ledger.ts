/**
 * Owns the large writes that began: notes each before its first byte goes, and has those given up whose jobs will not
 * go on with them, so that no destination keeps parts that nobody sees and somebody pays for. Must not decide what
 * becomes of a job. Made by the coordinator.
 */
import type { Failure } from '../../src-shared/model/failure.ts';
import { toFailure } from '../../src-shared/model/failure.ts';
import type { Clock, Log } from '../ports.ts';
import type { Committed, StoredUpload } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { AccountBook } from './account-book.ts';
import type { Mailbox } from './mailbox.ts';
import type { RunningAttempts } from './running-attempts.ts';
import type { Supervisor } from './supervisor.ts';

export interface UploadLedger {
  /** A worker is about to send the first byte of a large write. An attempt that was fenced off gets no answer. */
  begun(token: string, mark: string): void;
  /** After every commit. */
  look(committed: Committed): void;
  /** Gives up all that is abandoned now; how many, and what went wrong with the others. */
  sweep(): Promise<UploadSweep>;
  stop(): void;
}

export interface UploadSweep {
  readonly givenUp: number;
  readonly failures: readonly Failure[];
}

export interface UploadLedgerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailbox: Mailbox;
  readonly running: RunningAttempts;
  readonly accounts: AccountBook;
  readonly supervisor: Supervisor;
}

/** A person who retries what failed within a day goes on where it broke; after that the parts only cost. */
const KEEP_FAILED_MS = 24 * 60 * 60_000;
/** The staging of a cancelled job is to be gone within 5 s; many that are cancelled together are looked for once. */
const AFTER_CANCEL_MS = 1_000;
/** Looked up at once; a service that cannot be reached now is asked again by the next sweep. */
const SLICE = 50;

export function createUploadLedger(deps: UploadLedgerDeps): UploadLedger {
  const { store, clock, log, mailbox, running, accounts, supervisor } = deps;
  let cancelTimer: (() => void) | null = null;
  let sweeping: Promise<UploadSweep> | null = null;

  function begun(token: string, mark: string): void {
    mailbox.deliver(() => {
      const attempt = running.get(token);
      if (attempt === null) return;
      const { job } = attempt;
      const migration = store.migration(job.migrationId);
      if (migration === null) return;
      const { accountId, container } = migration.destination;
      store.noteUpload({ jobId: job.id, accountId, container, key: job.destinationKey, mark });
      mailbox.onCommit(() => supervisor.noted(token, 'upload-noted'));
    });
  }

  async function giveUp(upload: StoredUpload): Promise<Failure | null> {
    const { accountId, container, key, mark } = upload;
    try {
      // An account that is gone took with it the means to reach what is left there.
      if (accounts.find(accountId) !== null) {
        await supervisor.giveUp(await accounts.forWorker(accountId), { container, key, mark });
      } else log.warn('What a large write left cannot be given up: its account is gone.', { container, key });
      await mailbox.post(() => store.removeUpload(upload.jobId, mark));
      return null;
    } catch (error) {
      return toFailure(error);
    }
  }

  async function sweepAll(): Promise<UploadSweep> {
    const failures: Failure[] = [];
    let givenUp = 0;
    /** Places that do not answer now: whatever else is there waits for the next sweep. */
    const silent = new Set<string>();
    for (let afterJobId = 0, isWhole = false; !isWhole; ) {
      const abandoned = store.abandonedUploads(clock.wallMs() - KEEP_FAILED_MS, SLICE, afterJobId);
      for (const upload of abandoned) {
        afterJobId = upload.jobId;
        const place = `${upload.accountId} ${upload.container}`;
        if (silent.has(place)) continue;
        const reason = await giveUp(upload);
        if (reason === null) givenUp += 1;
        else failures.push(reason);
        if (reason?.retryable === true) silent.add(place);
      }
      isWhole = abandoned.length < SLICE;
    }
    if (failures.length > 0) {
      log.warn('Some large writes could not be given up yet.', {
        count: failures.length,
        failures: failures.slice(0, 10),
      });
    }
    return { givenUp, failures };
  }

  function sweep(): Promise<UploadSweep> {
    sweeping ??= sweepAll().finally(() => {
      sweeping = null;
    });
    return sweeping;
  }

  return {
    begun,
    sweep,
    look({ changes }) {
      if (cancelTimer !== null || !changes.some(({ to }) => to === 'cancelled')) return;
      cancelTimer = clock.after(AFTER_CANCEL_MS, () => {
        cancelTimer = null;
        sweep().catch((error: unknown) =>
          log.error('The sweep of large writes failed.', { failure: toFailure(error) }),
        );
      });
    },
    stop() {
      cancelTimer?.();
    },
  };
}
