/** Owns the list of what runs now, in the order it began: a live row never moves, it only leaves. */
import { memo } from 'react';
import type { RunningJob } from '../../../src-shared/model/house.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { formatRate } from '../../format/bytes.ts';
import { formatDuration } from '../../format/durations.ts';
import { AssetKey } from '../../parts/asset-key.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { Rail, railFigures } from '../../parts/rail.tsx';
import { href } from '../../state/route.ts';
import { type Ends, useEnds } from '../../state/use-ends.ts';
import { useHouse } from '../../state/use-house.ts';
import { STEP_WORDS } from '../step-words.ts';
import styles from './running-list.module.css';
import section from './section.module.css';

const MOST_SHOWN = 12;

export function RunningList() {
  const running = useHouse((house) => house.running.filter(({ job }) => job.queue !== NOTICE_QUEUE));
  return (
    <section aria-label="Running">
      <div className={styles.heads}>
        <span>
          <h2>Running</h2>source
        </span>
        <span className={styles.three}>
          <span>download</span>
          <span>spool</span>
          <span>upload</span>
        </span>
        <span className={styles.placeHead}>destination</span>
        <span className={styles.pace}>
          <span>rate</span>
          <span>time left</span>
        </span>
      </div>
      {running.slice(0, MOST_SHOWN).map((row) => (
        <RunningRow key={row.job.id} row={row} />
      ))}
      {running.length === 0 && <p className={section.none}>Nothing runs right now.</p>}
      {running.length > MOST_SHOWN && (
        <p className={section.none}>
          <a className={section.link} href={href('jobs', undefined, { states: 'running' })}>
            All {running.length} running jobs
          </a>
        </p>
      )}
    </section>
  );
}

const RunningRow = memo(function RunningRow({ row: { job, progress } }: { readonly row: RunningJob }) {
  const ends: Ends = useEnds(job.migrationId);
  const rate = progress?.bytesPerSecond ?? 0;
  const total = progress?.totalBytes ?? job.sizeBytes;
  const leftMs =
    rate > 0 && total !== null && progress !== null ? ((total - progress.writtenBytes) / rate) * 1_000 : null;
  return (
    <a className={styles.row} href={href('jobs', job.id)}>
      <span className={styles.key}>
        <ProviderChip chip={ends.source.chip} label={ends.source.name} />
        <AssetKey value={job.sourceKey} />
      </span>
      <Rail {...railFigures(job, progress)} />
      <span className={styles.place}>
        <ProviderChip chip={ends.destination.chip} label={ends.destination.name} />
        <span>{ends.destination.name}</span>
      </span>
      <span className={styles.pace}>
        <b>{rate > 0 ? formatRate(rate) : progress === null ? 'starting' : STEP_WORDS[progress.step]}</b>
        <span>{leftMs === null ? '' : formatDuration(leftMs)}</span>
      </span>
    </a>
  );
});
