/**
 * Owns the journey of one asset: source, spool, destination and proof as four nodes with the facts of each below.
 * Must not invent a fact: what is not known is not shown. Used by the detail pane.
 */
import type { JobDetail, JobProgress, TransferResult } from '../../../src-shared/model/job.ts';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { formatBytes } from '../../format/bytes.ts';
import { classes } from '../../parts/button.tsx';
import { PROOF_WORDS } from '../../parts/proof-ladder.tsx';
import { railFigures } from '../../parts/rail.tsx';
import type { End } from '../../state/use-ends.ts';
import { useMigrationEnds } from '../migration-book.ts';
import styles from './job-journey.module.css';

const SPOOL_WORDS: Readonly<Record<TransferResult['spool'], string>> = {
  memory: 'in memory',
  file: 'temporary file',
  none: 'not needed',
};

export interface JobJourneyProps {
  readonly job: JobDetail;
  readonly progress: JobProgress | null;
  readonly migration: MigrationView | null;
}

export function JobJourney({ job, progress, migration }: JobJourneyProps) {
  const ends = useMigrationEnds(migration);
  const { download, upload, tone, broken } = railFigures(job, progress);
  const { result } = job;
  const isRunning = job.state === 'running';
  return (
    <ol className={classes(styles.journey, styles[tone])} aria-label="Journey">
      <Stop
        name="Source"
        isReached={download > 0 || isRunning}
        isBroken={broken === 'source'}
        part={download}
        facts={[placeOf(ends?.source), migration?.source.container, version(result?.sourceVersion)]}
      />
      <Stop
        name="Spool"
        isReached={download >= 1}
        isBroken={broken === 'spool'}
        isSquare
        part={upload}
        isUpload
        facts={[
          progress !== null ? formatBytes(progress.spooledBytes) : undefined,
          result !== null ? SPOOL_WORDS[result.spool] : undefined,
        ]}
      />
      <Stop
        name="Destination"
        isReached={upload >= 1}
        isBroken={broken === 'destination'}
        part={job.proof === null ? 0 : 1}
        facts={[
          placeOf(ends?.destination),
          migration?.destination.container,
          job.destinationKey === job.sourceKey ? 'same key' : undefined,
          version(result?.destinationVersion),
        ]}
      />
      <Stop
        name="Proof"
        isReached={job.proof !== null}
        isBroken={false}
        facts={[
          job.proof === null ? 'not yet' : PROOF_WORDS[job.proof],
          migration === null ? undefined : `at least ${PROOF_WORDS[migration.policies.minimumProof]}`,
        ]}
      />
    </ol>
  );
}

interface StopProps {
  readonly name: string;
  readonly isReached: boolean;
  readonly isBroken: boolean;
  readonly isSquare?: boolean;
  /** How much of the way to the next stop is done, 0 to 1; absent at the last. */
  readonly part?: number;
  readonly isUpload?: boolean;
  readonly facts: readonly (string | undefined)[];
}

function Stop({ name, isReached, isBroken, isSquare = false, part, isUpload = false, facts }: StopProps) {
  return (
    <li className={styles.stop}>
      <span className={styles.way} aria-hidden>
        <span
          className={classes(
            styles.node,
            isSquare && styles.square,
            isReached && styles.reached,
            isBroken && styles.broken,
          )}
        />
        {part !== undefined && (
          <span className={styles.track}>
            <span
              className={classes(styles.fill, isUpload && styles.upload)}
              style={{ transform: `scaleX(${part})` }}
            />
          </span>
        )}
      </span>
      <strong>{name}</strong>
      {facts
        .filter((fact) => fact !== undefined && fact !== '')
        .map((fact) => (
          <span key={fact} className={styles.fact} title={fact}>
            {fact}
          </span>
        ))}
    </li>
  );
}

function placeOf(end: End | undefined): string | undefined {
  return end === undefined ? undefined : `${end.chip} ${end.name}`;
}

function version(token: string | null | undefined): string | undefined {
  return token === null || token === undefined ? undefined : `version ${token}`;
}
