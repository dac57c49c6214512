/** Owns one group of failures in detail: the whole message, what to do, samples, and the way to all of its jobs. */
import { X } from 'lucide-react';
import { formatNumberOf } from '../../format/count.ts';
import { formatMoment } from '../../format/moments.ts';
import { AssetKey } from '../../parts/asset-key.tsx';
import { IconButton } from '../../parts/button.tsx';
import { StateIcon } from '../../parts/state-badge.tsx';
import { href } from '../../state/route.ts';
import { jobsHref } from '../jobs/job-filter.ts';
import pane from '../jobs/job-pane.module.css';
import { CopyButton } from '../jobs/whole-key.tsx';
import { useMigration, useMigrationEnds } from '../migration-book.ts';
import type { FailureGroup } from './failure-groups.ts';
import styles from './failures-screen.module.css';

export function FailurePane({ group, onClose }: { readonly group: FailureGroup; readonly onClose: () => void }) {
  const migration = useMigration(group.migrationId);
  const ends = useMigrationEnds(migration);
  return (
    <aside className={pane.pane} aria-label={`Failures: ${group.code}`}>
      <header className={pane.head}>
        <StateIcon state="failed" />
        <strong className={pane.grow}>{group.code}</strong>
        <IconButton icon={X} label="Close the group" onClick={onClose} />
      </header>
      <p className={styles.whole}>
        {group.message}
        <CopyButton value={group.message} what="the message" />
      </p>
      {group.hint !== '' && (
        <section className={pane.block}>
          <div className={pane.caption}>
            <h2>What to do</h2>
          </div>
          <p>{group.hint}</p>
        </section>
      )}
      <section className={pane.block}>
        <div className={pane.caption}>
          <h2>Where</h2>
        </div>
        <p>
          <a className={styles.link} href={href('migrations', group.migrationId)}>
            {migration?.name ?? `Migration ${group.migrationId}`}
          </a>
          {ends !== null && (
            <>
              , from{' '}
              <a className={styles.link} href={href('accounts')}>
                {ends.source.name}
              </a>{' '}
              to{' '}
              <a className={styles.link} href={href('accounts')}>
                {ends.destination.name}
              </a>
            </>
          )}
        </p>
      </section>
      <section className={pane.block}>
        <div className={pane.caption}>
          <h2>Samples</h2>
          <a className={styles.link} href={jobsHref({ tab: 'failed', migrationId: group.migrationId })}>
            All failed jobs of the migration
          </a>
        </div>
        <ul aria-label="Samples">
          {group.samples.map((row) => (
            <li key={row.id}>
              <a
                className={styles.sample}
                href={jobsHref({ tab: 'failed', migrationId: group.migrationId, jobId: row.id })}
              >
                <AssetKey value={row.sourceKey} />
                <span className={styles.when}>{formatMoment(row.updatedAtMs, Date.now())}</span>
              </a>
            </li>
          ))}
        </ul>
        {group.jobIds.length > group.samples.length && (
          <p className={styles.when}>
            and {formatNumberOf(group.jobIds.length - group.samples.length, 'more', 'more')}
          </p>
        )}
      </section>
    </aside>
  );
}
