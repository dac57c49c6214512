/**
 * Owns the bugs that the simulation must catch: each is one change to the product's source, as somebody might make it by
 * mistake. Must not hold changes that do nothing. Read by run-mutants.ts.
 */

export interface Mutant {
  readonly name: string;
  /** What goes wrong with it. */
  readonly harm: string;
  /** Where the seeds begin that are tried; 1 when absent. Of the 2,000 that a full run tries without mutants. */
  readonly fromSeed?: number;
  readonly changes: readonly Change[];
}

export interface Change {
  readonly file: string;
  /** Stands exactly once in the file, so that a mutant that no longer fits is noticed. */
  readonly find: string;
  readonly replace: string;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no fence',
    harm: 'an attempt that lost its lease still settles its job; each of its three walls alone would hold it',
    changes: [
      {
        file: 'src-main/store/sqlite/job-verbs.ts',
        find: "WHERE id = ? AND state = 'running' AND lease_token = ?",
        replace: 'WHERE id = ? AND ? IS NOT NULL',
      },
      {
        file: 'src-main/engine/coordinator.ts',
        find: 'dismiss(token, reason) {\n      running.remove(token);',
        replace: 'dismiss(token, reason) {',
      },
      {
        file: 'src-main/store/sqlite/job-verbs.ts',
        find: 'INSERT INTO attempt (job_id,',
        replace: 'INSERT OR REPLACE INTO attempt (job_id,',
      },
    ],
  },
  {
    name: 'every run has the same name',
    harm: 'lease tokens of two runs of the house are the same',
    changes: [
      {
        file: 'src-main/store/sqlite/house-verbs.ts',
        find: "updateHouse.run(epoch, 'epoch');",
        replace: '',
      },
      {
        file: 'src-main/engine/rescue.ts',
        find: 'Math.floor(rng.fraction() * 36 ** CHANCE_CHARACTERS)',
        replace: '(0)',
      },
    ],
  },
  {
    name: 'acknowledged before the commit',
    harm: 'what was acknowledged is gone when the commit fails',
    changes: [
      {
        file: 'src-main/engine/mailbox.ts',
        find: 'done.push({ letter, value: letter.verb() });',
        replace: 'const value = letter.verb(); letter.reply?.resolve(value); done.push({ letter, value });',
      },
    ],
  },
  {
    name: 'started before the commit',
    harm: 'a job runs although its claim was undone, and runs again',
    changes: [
      {
        file: 'src-main/engine/coordinator.ts',
        find: 'if (claimed.length > 0) mailbox.onCommit(() => dispatch(claimed));',
        replace: 'if (claimed.length > 0) dispatch(claimed);',
      },
    ],
  },
  {
    name: 'silence judged by the wall clock',
    harm: 'a clock that is set forward ends healthy workers',
    changes: [
      {
        file: 'src-main/engine/supervisor.ts',
        find: 'const nowMs = clock.monotonicMs();\n    const slept = nowMs - expectedAtMs > SLEPT_MS;',
        replace: 'const nowMs = clock.wallMs();\n    const slept = false;',
      },
    ],
  },
  {
    name: 'no sleep noticed',
    harm: 'a machine that slept ends healthy workers',
    changes: [
      {
        file: 'src-main/engine/supervisor.ts',
        find: 'const slept = nowMs - expectedAtMs > SLEPT_MS;',
        replace: 'const slept = false && expectedAtMs > SLEPT_MS;',
      },
    ],
  },
  {
    name: 'a lasting failure is tried again',
    harm: 'jobs knock again where they were told that it is not allowed',
    changes: [
      {
        file: 'src-main/engine/retry-policy.ts',
        find: 'if (!(reason.retryable || isHeld) || troubleMs >= MAX_TROUBLE_MS) return { retry: false };',
        replace: 'if (troubleMs >= MAX_TROUBLE_MS) return { retry: false };',
      },
    ],
  },
  {
    name: 'Retry-After undercut',
    harm: 'the other side is asked again before it allowed it',
    changes: [
      {
        file: 'src-main/engine/retry-policy.ts',
        find: 'delayMs: Math.max(backOffMs, askedMs)',
        replace: 'delayMs: Math.min(backOffMs, MAX_DELAY_MS) + 0 * askedMs',
      },
    ],
  },
  {
    name: 'strikes not counted',
    harm: 'a job that always fails is tried for ever',
    changes: [
      {
        file: 'src-main/store/sqlite/job-verbs.ts',
        find: 'strikes = strikes + ?,',
        replace: 'strikes = strikes + 0 * ?,',
      },
    ],
  },
  {
    name: 'nobody is told of a death',
    harm: 'jobs of a dead worker run for ever',
    changes: [
      {
        file: 'src-main/engine/supervisor.ts',
        find: "deps.onEnd(token, { kind: 'worker-lost', detail, isBlamed }, handle.pid);",
        replace: "if (tokens.length < 3) deps.onEnd(token, { kind: 'worker-lost', detail, isBlamed }, handle.pid);",
      },
    ],
  },
  {
    name: 'no rescue',
    harm: 'jobs that ran when the house was killed run for ever',
    changes: [
      {
        file: 'src-main/engine/rescue.ts',
        find: 'store.settle(job, settlement);',
        replace: 'void settlement;',
      },
    ],
  },
  {
    name: 'lost wake-up',
    harm: 'jobs that came back to pending are never read again',
    changes: [
      {
        file: 'src-main/engine/coordinator.ts',
        find: 'scheduler.reread(committed.returned);\n      mailbox.wake();',
        replace: '',
      },
    ],
  },
  {
    name: 'memory survives a rollback',
    harm: 'counters and read-ahead tell of a batch that never happened',
    changes: [
      {
        file: 'src-main/store/sqlite/open-sqlite-store.ts',
        find: 'batch.take();\n      ledger.forget();',
        replace: 'batch.take();',
      },
    ],
  },
  {
    name: 'a lane that is not held',
    harm: 'an account that asked to be left alone is asked again by other jobs',
    changes: [{ file: 'src-main/engine/account-lanes.ts', find: 'waitMs: heldMs(said),', replace: 'waitMs: 0,' }],
  },
  {
    name: 'one berth too many',
    harm: 'a queue runs more than it may',
    changes: [
      {
        file: 'src-main/engine/gates.ts',
        find: 'Math.max(0, queue.concurrency - queue.counts.running)',
        replace: 'Math.max(0, queue.concurrency + 1 - queue.counts.running)',
      },
    ],
  },
  {
    name: 'a pause that nobody minds',
    harm: 'jobs of a paused migration start',
    changes: [
      {
        file: 'src-main/engine/scheduler.ts',
        find: "counts.pending === 0 || intent !== 'run'",
        replace: "counts.pending === 0 || intent === 'cancel'",
      },
    ],
  },
  {
    name: 'a poisoned job is never set aside',
    harm: 'it takes one worker after the other with it',
    changes: [
      {
        file: 'src-main/engine/settle-attempt.ts',
        find: 'const isQuarantined = isBlamed && job.workerLosses + 1 >= MAX_WORKER_LOSSES;',
        replace: 'const isQuarantined = false && isBlamed;',
      },
    ],
  },
  {
    name: 'a short page is taken for the last',
    harm: 'assets are missing from a migration that says it is listed',
    changes: [
      {
        file: 'src-main/engine/planner.ts',
        find: 'position: page.position,\n    };\n  }',
        replace: 'position: page.assets.length < 3 ? null : page.position,\n    };\n  }',
      },
    ],
  },
  {
    name: 'a failing disk is believed',
    harm: 'after a failed write commits are acknowledged that may not be on the disk',
    changes: [
      {
        file: 'src-main/engine/mailbox.ts',
        find: 'isDoubtful ||= !isPassing(error);',
        replace: 'void isPassing;',
      },
    ],
  },
  {
    name: 'old figures are claimed',
    harm: 'an attempt is numbered like an earlier one of its job',
    // One seed in a thousand shows it.
    fromSeed: 1_401,
    changes: [
      {
        file: 'src-main/store/sqlite/job-verbs.ts',
        find: 'AND attempts = ? AND strikes = ? AND worker_losses = ?',
        replace: 'AND ? >= 0 AND ? >= 0 AND ? >= 0',
      },
    ],
  },
  {
    name: 'late jobs are not announced',
    harm: 'what is listed after jobs that were put last never starts',
    changes: [
      {
        file: 'src-main/store/sqlite/job-verbs.ts',
        find: 'if (inserted > 0) batch.jobsReturned(migrationId);',
        replace: '',
      },
    ],
  },
  {
    name: 'waits are not mended',
    harm: 'after the clock was set back, jobs wait for the same day again',
    changes: [
      {
        file: 'src-main/engine/due-watch.ts',
        find: 'if (nowMs < lastWallMs - SET_BACK_MS) store.bringForward(lastWallMs - nowMs);',
        replace: '',
      },
    ],
  },
];
