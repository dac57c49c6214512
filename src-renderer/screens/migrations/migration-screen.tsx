/**
 * Owns the page of one migration: where it stands, what it moves and how, what can be done with it, and its jobs.
 * Must not list jobs by itself (the job list does). Shown at `#/migrations/ID`.
 */
import { useCallback, useState } from 'react';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { Button } from '../../parts/button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { go, href } from '../../state/route.ts';
import { useHouse } from '../../state/use-house.ts';
import { countOf, STATE_TABS, toFilter } from '../jobs/job-filter.ts';
import { JobList } from '../jobs/job-list.tsx';
import { JobPane } from '../jobs/job-pane.tsx';
import screen from '../jobs/jobs-screen.module.css';
import { SearchField } from '../search-field.tsx';
import { MigrationActions } from './migration-actions.tsx';
import styles from './migration-screen.module.css';
import { MigrationSummary } from './migration-summary.tsx';
import { standingOf } from './migration-words.ts';
import { useMigrationPage } from './use-migration-page.ts';

export function MigrationScreen({ migrationId }: { readonly migrationId: number }) {
  const { migration, failure, reload } = useMigrationPage(migrationId);
  if (migration === null) {
    return (
      <>
        <PageHeader title={`Migration ${migrationId}`} />
        {failure !== null && (
          <div className={styles.failure}>
            <FailureNote
              failure={failure}
              action={
                <Button size="small" onClick={reload}>
                  Try again
                </Button>
              }
            />
            <Button onClick={() => go(href('migrations'))}>All migrations</Button>
          </div>
        )}
      </>
    );
  }
  return <MigrationPage key={migration.id} migration={migration} />;
}

function MigrationPage({ migration }: { readonly migration: MigrationView }) {
  const { sentence } = useHouse((house) => standingOf(migration, house.queues));
  const [tab, setTab] = useState('all');
  const [search, setSearch] = useState('');
  const [jobId, setJobId] = useState<number | null>(null);
  const openJob = useCallback((id: number) => setJobId(id), []);
  const filter = toFilter({ tab, search, queue: null, migrationId: migration.id, jobId: null });
  return (
    <>
      <PageHeader title={migration.name} note={sentence}>
        <MigrationActions migration={migration} />
      </PageHeader>
      <div className={screen.screen} data-has-pane={jobId !== null}>
        <div className={screen.main}>
          <MigrationSummary migration={migration} />
          <div className={screen.filters}>
            <SearchField label="Search keys of this migration" value={search} onChange={setSearch} />
          </div>
          <JobList
            label={`Jobs of ${migration.name}`}
            filter={filter}
            sort="newest"
            currentJobId={jobId}
            onOpen={openJob}
            tabs={
              <Tabs
                label="State"
                value={tab}
                onChange={setTab}
                tabs={STATE_TABS.map((known) => ({
                  value: known.id,
                  label: known.label,
                  ...(search === '' ? { count: countOf(known, migration.counts) } : {}),
                }))}
              />
            }
            empty={<NoJobs migration={migration} isNarrowed={tab !== 'all' || search !== ''} />}
          />
        </div>
        {jobId !== null && <JobPane jobId={jobId} onClose={() => setJobId(null)} />}
      </div>
    </>
  );
}

function NoJobs({ migration, isNarrowed }: { readonly migration: MigrationView; readonly isNarrowed: boolean }) {
  if (isNarrowed && migration.discovered > 0) {
    return <EmptyState title="No job matches." text="This migration has no job in this state with this search." />;
  }
  if (migration.listing === 'waiting' || migration.listing === 'listing') {
    return <EmptyState title="Listing the source." text="Jobs appear here page by page as assets are found." />;
  }
  if (migration.listing === 'failed') {
    return <EmptyState title="No jobs were made." text="The source could not be listed; what to do is said above." />;
  }
  return (
    <EmptyState
      title="The source had nothing to move."
      text="No asset is under the source’s prefix. Look whether the container and the prefix are what you meant."
    />
  );
}
