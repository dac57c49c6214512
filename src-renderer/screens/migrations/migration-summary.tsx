/**
 * Owns the head of a migration's page: progress, where from and where to, and the books (discovered = everything it
 * became), beside which stands what can be taken away of them. Must not steer. Used by a migration's page.
 */
import type { Location } from '../../../src-shared/model/asset.ts';
import type { MigrationView, OverwritePolicy } from '../../../src-shared/model/migration.ts';
import { formatBytes, formatBytesOf } from '../../format/bytes.ts';
import { formatCount } from '../../format/count.ts';
import { formatMoment } from '../../format/moments.ts';
import { AssetKey } from '../../parts/asset-key.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { ProofLadder } from '../../parts/proof-ladder.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { StateBadge, stateTone } from '../../parts/state-badge.tsx';
import type { End } from '../../state/use-ends.ts';
import { useHouse } from '../../state/use-house.ts';
import { formatSpan } from '../format-span.ts';
import { useMigrationEnds } from '../migration-book.ts';
import { ProgressBar } from '../progress-bar.tsx';
import { EvidenceActions } from './evidence/evidence-actions.tsx';
import styles from './migration-screen.module.css';
import { openCount, progressPart, sourceWords, standingOf } from './migration-words.ts';
import { optionWords } from './option-words.ts';

const OVERWRITE_WORDS: Readonly<Record<OverwritePolicy, string>> = {
  never: 'leave what is there',
  'if-newer': 'replace if the source is newer',
  'if-different': 'replace if different',
  always: 'replace always',
};

export function MigrationSummary({ migration }: { readonly migration: MigrationView }) {
  const { counts, discovered, leftOut, policies, totalBytes, doneBytes, createdAtMs, finishedAtMs, listing } =
    migration;
  const { state } = useHouse((house) => standingOf(migration, house.queues));
  const ends = useMigrationEnds(migration);
  const part = progressPart(migration);
  const options = optionWords(migration);
  const isListing = listing === 'waiting' || listing === 'listing';
  return (
    <section className={styles.summary} aria-label="Summary">
      <div className={styles.line}>
        <StateBadge state={state} />
        <strong className={styles.bytes}>
          {isListing ? formatBytes(doneBytes) : formatBytesOf(doneBytes, totalBytes)}
        </strong>
        <span className={styles.quiet}>
          {part === null ? (isListing ? 'still listing the source' : '') : `${Math.floor(part * 100)} %`}
        </span>
        <span className={styles.when}>
          begun {formatMoment(createdAtMs, Date.now())}
          {finishedAtMs !== null && `, took ${formatSpan(finishedAtMs - createdAtMs)}`}
        </span>
      </div>
      <ProgressBar part={part} label="Progress" tone={stateTone(state)} />
      <dl className={styles.terms}>
        <Term name="Source">
          <Place end={ends?.source} location={migration.source} />
        </Term>
        <Term name="Destination">
          <Place end={ends?.destination} location={migration.destination} />
        </Term>
        <Term name="If it exists">{OVERWRITE_WORDS[policies.overwrite]}</Term>
        <Term name="Proof at least">
          <ProofLadder proof={policies.minimumProof} />
        </Term>
        {policies.afterCopy === 'delete-source' && <Term name="After the copy">delete the source</Term>}
        <Term name="Queue">{migration.queue}</Term>
        {options !== '' && <Term name="Options">{options}</Term>}
      </dl>
      <div className={styles.foot}>
        <p className={styles.books}>
          <b>{formatCount(discovered)}</b> discovered = <b>{formatCount(counts.completed)}</b> completed +{' '}
          <b>{formatCount(counts.skipped)}</b> skipped + <b>{formatCount(counts.failed)}</b> failed +{' '}
          <b>{formatCount(counts.cancelled)}</b> cancelled + <b>{formatCount(openCount(counts))}</b> open
          {leftOut > 0 && (
            <>
              ; left out: <b>{formatCount(leftOut)}</b>
            </>
          )}
        </p>
        {policies.afterCopy === 'delete-source' && <p className={styles.books}>{sourceWords(migration)}</p>}
        <EvidenceActions migration={migration} />
      </div>
      {migration.listingFailure !== null && <FailureNote failure={migration.listingFailure} />}
    </section>
  );
}

function Term({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className={styles.term}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Place({ end, location }: { readonly end: End | undefined; readonly location: Location }) {
  const { container, prefix } = location;
  const path =
    container === '' || prefix === '' ? `${container}${prefix}` : `${container.replace(/\/$/, '')}/${prefix}`;
  return (
    <>
      <ProviderChip chip={end?.chip ?? '–'} />
      {path === '' ? <span>{end?.name}</span> : <AssetKey value={path} />}
    </>
  );
}
