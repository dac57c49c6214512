/** Owns the history of a job: every attempt, how it ended and why, the running one last. Used by the detail pane. */
import type { AttemptOutcome, AttemptRow, JobDetail } from '../../../src-shared/model/job.ts';
import type { JobState } from '../../../src-shared/model/job-state.ts';
import { formatMoment } from '../../format/moments.ts';
import { StateIcon } from '../../parts/state-badge.tsx';
import { formatSpan } from '../format-span.ts';
import styles from './attempt-list.module.css';
import pane from './job-pane.module.css';

/** The state whose icon tells the outcome. */
const LOOKS_LIKE: Readonly<Record<AttemptOutcome, JobState>> = {
  completed: 'completed',
  skipped: 'skipped',
  failed: 'failed',
  cancelled: 'cancelled',
  snoozed: 'scheduled',
  released: 'paused',
  'worker-lost': 'failed',
};

const WORDS: Readonly<Record<AttemptOutcome, string>> = {
  completed: 'completed',
  skipped: 'skipped',
  failed: 'failed',
  cancelled: 'cancelled',
  snoozed: 'failed, to be tried again',
  released: 'given back',
  'worker-lost': 'lost its worker',
};

export function AttemptList({ job }: { readonly job: JobDetail }) {
  const isRunning = job.state === 'running';
  if (job.history.length === 0 && !isRunning) return null;
  return (
    <section className={pane.block}>
      <div className={pane.caption}>
        <h2>Attempts</h2>
      </div>
      <ol className={styles.attempts}>
        {job.history.map((attempt) => (
          <Attempt key={attempt.number} attempt={attempt} />
        ))}
        {isRunning && (
          <li className={styles.attempt}>
            <StateIcon state="running" />
            <p>
              <strong>{job.history.length + 1} running</strong>
            </p>
            <time className={styles.time}>{job.startedAtMs !== null && formatMoment(job.startedAtMs, Date.now())}</time>
          </li>
        )}
      </ol>
    </section>
  );
}

function Attempt({ attempt }: { readonly attempt: AttemptRow }) {
  const { number, outcome, failure, failedStep, startedAtMs, finishedAtMs, workerPid } = attempt;
  const where = [
    failedStep === null ? '' : `in ${failedStep}`,
    `after ${formatSpan(finishedAtMs - startedAtMs)}`,
    workerPid === null ? '' : `worker ${workerPid}`,
  ];
  return (
    <li className={styles.attempt}>
      <StateIcon state={LOOKS_LIKE[outcome]} />
      <div>
        <p>
          <strong>
            {number} {WORDS[outcome]}
          </strong>{' '}
          {failure !== null && <span className={styles.code}>{failure.code}</span>}
        </p>
        {failure !== null && <p className={styles.message}>{failure.message}</p>}
        {failure !== null && failure.hint !== '' && <p className={styles.hint}>{failure.hint}</p>}
        <p className={styles.hint}>{where.filter((part) => part !== '').join(', ')}</p>
      </div>
      <time className={styles.time} dateTime={new Date(startedAtMs).toISOString()}>
        {formatMoment(startedAtMs, Date.now())}
      </time>
    </li>
  );
}
