/**
 * Owns the failures screen: failed jobs in groups with one cause and one action each, and the books below. Must not
 * group by itself (failure-groups.ts does). Shown at `#/failures`.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { Button } from '../../parts/button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { useHouse } from '../../state/use-house.ts';
import { NewMigrationButton } from '../new-migration-button.tsx';
import { Books } from './books.tsx';
import { groupFailures, keepOrder } from './failure-groups.ts';
import { FailurePane } from './failure-pane.tsx';
import { FailureRow } from './failure-row.tsx';
import styles from './failures-screen.module.css';
import { isUnlisted, ListingFailureRow } from './listing-failure-row.tsx';
import { MOST_FETCHED, useFailedJobs } from './use-failed-jobs.ts';

export function FailuresScreen() {
  const { rows, failure, reload } = useFailedJobs();
  const failed = useHouse((house) => house.stats.failed);
  const unlisted = useHouse((house) => house.migrations.filter(isUnlisted));
  const [currentId, setCurrentId] = useState<string | null>(null);
  const shown = useRef<readonly string[]>([]);
  const groups = useMemo(() => (rows === null ? null : keepOrder(groupFailures(rows), shown.current)), [rows]);
  useEffect(() => {
    if (groups !== null) shown.current = groups.map((group) => group.id);
  }, [groups]);
  const current = groups?.find((group) => group.id === currentId) ?? null;
  return (
    <>
      <PageHeader title="Failures" note={groups === null ? '' : noteOf(failed, groups.length, rows?.length ?? 0)}>
        <NewMigrationButton />
      </PageHeader>
      <div className={styles.screen} data-has-pane={current !== null}>
        <div className={styles.main}>
          <div className={styles.head}>
            <span>What failed, and the likely cause</span>
            <span className={styles.rail}>Where it broke</span>
            <span className={styles.number}>Jobs</span>
            <span className={styles.number}>What to do</span>
          </div>
          <div className={styles.body}>
            {failure !== null && (
              <div className={styles.note}>
                <FailureNote
                  failure={failure}
                  action={
                    <Button size="small" onClick={reload}>
                      Try again
                    </Button>
                  }
                />
              </div>
            )}
            <ul aria-label="Failure groups">
              {unlisted.map((migration) => (
                <ListingFailureRow key={migration.id} migration={migration} />
              ))}
              {groups?.map((group) => (
                <FailureRow
                  key={group.id}
                  group={group}
                  isCurrent={group.id === currentId}
                  onOpen={() => setCurrentId(group.id)}
                  onDone={reload}
                />
              ))}
            </ul>
            {groups?.length === 0 && unlisted.length === 0 && (
              <EmptyState
                title="Nothing failed."
                text="When a job fails for good, it stands here with others of the same cause and one button to mend them."
              />
            )}
          </div>
          <Books />
        </div>
        {current !== null && <FailurePane group={current} onClose={() => setCurrentId(null)} />}
      </div>
    </>
  );
}

function noteOf(failed: number, groups: number, fetched: number): string {
  if (groups === 0) return '';
  const inGroups = `in ${formatNumberOf(groups, 'group')}`;
  if (fetched < MOST_FETCHED) return `${formatNumberOf(fetched, 'job')} ${inGroups}`;
  return `the newest ${formatCount(fetched)} of ${formatCount(failed)} failed jobs ${inGroups}`;
}
