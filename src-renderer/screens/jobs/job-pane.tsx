/**
 * Owns the detail pane of one job: what it is, how far it is, what every attempt did, how it is proven, and what can
 * be done about it. Must not fetch by itself (use-job-detail.ts does). Used by the job list's screens.
 */
import { X } from 'lucide-react';
import { useState } from 'react';
import type { JobDetail, JobProgress } from '../../../src-shared/model/job.ts';
import { formatRate } from '../../format/bytes.ts';
import { formatDuration } from '../../format/durations.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { useMigration } from '../migration-book.ts';
import { AttemptList } from './attempt-list.tsx';
import { runOnJobs } from './bulk-bar.tsx';
import { canDo, JOB_VERBS, type JobVerb, VERB_LABELS } from './job-actions.ts';
import { JobFacts } from './job-facts.tsx';
import { JobJourney } from './job-journey.tsx';
import styles from './job-pane.module.css';
import { JobStanding } from './job-standing.tsx';
import { useProgress } from './job-table-row.tsx';
import { useNotice } from './notice-job.ts';
import { PhaseBars } from './phase-bars.tsx';
import { ProofRungs } from './proof-rungs.tsx';
import { bytesMoved } from './row-note.ts';
import { useJobDetail } from './use-job-detail.ts';
import { WholeKey } from './whole-key.tsx';

export function JobPane({ jobId, onClose }: { readonly jobId: number; readonly onClose: () => void }) {
  const { job, failure, reload } = useJobDetail(jobId);
  return (
    <aside className={styles.pane} aria-label={`Job ${jobId}`}>
      <header className={styles.head}>
        {job === null ? <span className={styles.grow}>Job {jobId}</span> : <Actions job={job} />}
        <IconButton icon={X} label="Close the job" onClick={onClose} />
      </header>
      {failure !== null && (
        <FailureNote
          failure={failure}
          action={
            failure.code === 'not-found' ? undefined : (
              <Button size="small" onClick={reload}>
                Try again
              </Button>
            )
          }
        />
      )}
      {job !== null && <Body job={job} />}
    </aside>
  );
}

function Actions({ job }: { readonly job: JobDetail }) {
  const [isAsking, setAsking] = useState(false);
  const attempt = job.state === 'running' ? job.history.length + 1 : job.attempts;
  const run = (verb: JobVerb): void => void runOnJobs(verb, [job.id]);
  return (
    <>
      <StateBadge state={job.state} />
      <span className={styles.quiet}>{attempt > 0 && `attempt ${attempt}`}</span>
      <span className={styles.grow} />
      {JOB_VERBS.filter((verb) => canDo(verb, job.state)).map((verb) => (
        <Button key={verb} size="small" onClick={() => (verb === 'cancel' ? setAsking(true) : run(verb))}>
          {VERB_LABELS[verb]}
        </Button>
      ))}
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => run('cancel')}
        title="Cancel this job?"
        description="What is under way is stopped and its unfinished bytes are removed from the destination. It can be retried later and then begins anew."
        action="Cancel the job"
      />
    </>
  );
}

function Body({ job }: { readonly job: JobDetail }) {
  const progress = useProgress(job);
  const migration = useMigration(job.migrationId);
  const notice = useNotice(job);
  const total = progress?.totalBytes ?? job.sizeBytes;
  const leftMs = progress === null || total === null ? null : timeLeft(total - progress.writtenBytes, progress);
  return (
    <>
      {notice === null ? <WholeKey value={job.sourceKey} /> : <p>{notice.subject}</p>}
      {notice === null && <JobJourney job={job} progress={progress} migration={migration} />}
      {progress !== null && (
        <p className={styles.pace}>
          <strong>{bytesMoved(progress, job.sizeBytes)}</strong>
          <span>{progress.bytesPerSecond > 0 && formatRate(progress.bytesPerSecond)}</span>
          <span>{leftMs !== null && `${formatDuration(leftMs)} left`}</span>
        </p>
      )}
      <JobStanding job={job} />
      {job.state === 'failed' && job.failure !== null && <FailureNote failure={job.failure} />}
      <PhaseBars stepMs={job.result?.stepMs ?? null} runningStep={progress?.step ?? null} />
      <AttemptList job={job} />
      {notice === null && <ProofRungs reached={job.proof} asked={migration?.policies.minimumProof ?? null} />}
      <JobFacts job={job} migration={migration} />
    </>
  );
}

/** Milliseconds; null where a figure would be noise. */
function timeLeft(leftBytes: number, { bytesPerSecond }: JobProgress): number | null {
  const leftMs = (leftBytes / bytesPerSecond) * 1_000;
  return bytesPerSecond > 0 && leftMs >= 1_000 ? leftMs : null;
}
