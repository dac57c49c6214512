/**
 * Owns turning claimed jobs into orders: finds their accounts with their secrets, or what a notice says and to whom, and
 * hands them to the supervisor. Every job ends somewhere: what cannot be handed out fails. Must not settle anything
 * itself. Called by the coordinator after the commit that claimed.
 */
import { contentChange } from '../../src-shared/model/content-rules.ts';
import { type Failure, failure, toFailure } from '../../src-shared/model/failure.ts';
import { keyBelow } from '../../src-shared/model/selection.ts';
import type { Clock, Desktop, Secrets } from '../ports.ts';
import type { ClaimedJob, StoredMigration } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { AccountBook } from './account-book.ts';
import type { NoticeDesk } from './notice-desk.ts';
import type { RunningAttempts } from './running-attempts.ts';
import type { AttemptEnd } from './settle-attempt.ts';
import type { SpoolBudget } from './spool-budget.ts';
import type { Supervisor } from './supervisor.ts';
import type { Dispatch } from './worker-handle.ts';

export interface DispatchDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly accounts: AccountBook;
  readonly secrets: Secrets;
  readonly desktop: Desktop | null;
  readonly notices: NoticeDesk;
  readonly running: RunningAttempts;
  readonly supervisor: Supervisor;
  readonly spool: SpoolBudget;
  readonly onEnd: (token: string, end: AttemptEnd, workerPid: number | null) => void;
}

const LOST_SECRET =
  'Enter it again in Notices. Where secrets rest, and whether that outlives a restart, is said in Settings.';

/** The name under which the secret store keeps the secret of a notice rule. */
export function noticeSecretName(ruleId: number): string {
  return `notice-rule-${ruleId}`;
}

export function createDispatcher(deps: DispatchDeps): (claimed: readonly ClaimedJob[]) => void {
  const { store, clock, accounts, running, notices } = deps;

  function fail(job: ClaimedJob, reason: Failure): void {
    deps.onEnd(job.token, { kind: 'failed', failure: reason, step: 'resolve' }, null);
  }

  function dispatch(claimed: readonly ClaimedJob[]): void {
    const ready: Dispatch[] = [];
    for (const job of claimed) {
      running.add(job, clock.monotonicMs());
      const migration = store.migration(job.migrationId);
      if (migration === null) throw new Error(`Job ${job.id} has no migration.`);
      if (job.refusal !== undefined) fail(job, job.refusal);
      else if (migration.kind === 'notices') void tell(job);
      else {
        const order = orderOf(job, migration);
        if (order === null) void readAccounts(job, migration);
        else ready.push(order);
      }
    }
    if (ready.length > 0) deps.supervisor.run(ready);
  }

  /** null: the secrets of an account must be read first. */
  function orderOf(job: ClaimedJob, migration: StoredMigration): Dispatch | null {
    const source = accounts.whenReady(migration.source.accountId);
    const destination = accounts.whenReady(migration.destination.accountId);
    if (source === null || destination === null) return null;
    return {
      kind: 'attempt',
      accounts: [source, destination],
      isSuspect: job.workerLosses > 0,
      order: {
        jobId: job.id,
        token: job.token,
        queue: migration.queue,
        source: { accountKey: source.accountKey, container: migration.source.container, key: job.sourceKey },
        destination: {
          accountKey: destination.accountKey,
          container: migration.destination.container,
          key: job.destinationKey,
        },
        sizeBytes: job.sizeBytes,
        spoolRoomBytes: deps.spool.roomBytes(),
        versionToken: job.versionToken,
        stated: job.stated,
        policies: migration.policies,
        content: contentChange(keyBelow(job.sourceKey, migration.source.prefix), migration.policies.content),
        // Only a job that ran before can have left one, or have seen anything.
        unfinishedUpload: job.attempts > 1 ? store.unfinishedUpload(job.id) : null,
        isApart: job.attempts > 1 && store.isApart(job.id),
      },
    };
  }

  async function readAccounts(job: ClaimedJob, { source, destination }: StoredMigration): Promise<void> {
    try {
      await Promise.all([accounts.forWorker(source.accountId), accounts.forWorker(destination.accountId)]);
    } catch (error) {
      fail(job, toFailure(error));
      return;
    }
    // Cancelled, or the app is going down, while the secrets were read.
    if (running.get(job.token) !== null) dispatch([job]);
  }

  async function tell(job: ClaimedJob): Promise<void> {
    try {
      const rule = notices.ruleOf(job);
      const notice = notices.noticeOf(job, clock.wallMs());
      if (rule === null || notice === null) {
        fail(job, failure('not-found', 'The rule of this notice, or what it tells of, is gone.'));
        return;
      }
      if (rule.target.channel === 'desktop') {
        if (deps.desktop === null) {
          fail(job, failure('unsupported', 'There is no desktop here to show it.'));
          return;
        }
        await deps.desktop.notify(notice);
        deps.onEnd(job.token, { kind: 'delivered' }, null);
        return;
      }
      const secrets = rule.hasSecret ? await deps.secrets.read(noticeSecretName(rule.id)) : {};
      if (running.get(job.token) === null) return;
      // Without it a webhook would go out unsigned, and nobody would notice.
      if (rule.hasSecret && secrets.secret === undefined) {
        fail(
          job,
          failure('auth-expired', `The secret of notice “${rule.name}” is not kept any more.`, { hint: LOST_SECRET }),
        );
        return;
      }
      deps.supervisor.run([
        {
          kind: 'notice',
          accounts: [],
          isSuspect: job.workerLosses > 0,
          order: {
            jobId: job.id,
            token: job.token,
            attempt: job.attempts,
            noticeId: job.destinationKey,
            target: rule.target,
            secret: secrets.secret ?? null,
            notice,
          },
        },
      ]);
    } catch (error) {
      fail(job, toFailure(error));
    }
  }

  return dispatch;
}
