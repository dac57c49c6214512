/**
 * Owns the jobs screen: what the list is narrowed to, held in the address, the list itself and the job that is open
 * beside it. Must not fetch. Shown at `#/jobs`.
 */
import { X } from 'lucide-react';
import { useCallback, useState } from 'react';
import { JOB_STATES } from '../../../src-shared/model/job-state.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { Button } from '../../parts/button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { type Choice, Select } from '../../parts/select.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { replaceRoute, useRoute } from '../../state/route.ts';
import { useHouse } from '../../state/use-house.ts';
import { useMigration } from '../migration-book.ts';
import { NewMigrationButton } from '../new-migration-button.tsx';
import { SearchField } from '../search-field.tsx';
import { AllMatching } from './all-matching.tsx';
import {
  countersFor,
  countOf,
  type JobsAddress,
  jobsHref,
  readJobsAddress,
  STATE_TABS,
  toFilter,
} from './job-filter.ts';
import { JobList } from './job-list.tsx';
import type { JobSort } from './job-pages.ts';
import { JobPane } from './job-pane.tsx';
import styles from './jobs-screen.module.css';

const SORTS: readonly Choice<JobSort>[] = [
  { value: 'newest', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
  { value: 'updated', label: 'Latest change first' },
];

const EVERY = 'every';

export function JobsScreen() {
  const { id, query } = useRoute();
  const address = readJobsAddress(id, query);
  const [sort, setSort] = useState<JobSort>('newest');
  const [total, setTotal] = useState<{ readonly count: number; readonly exact: boolean } | null>(null);
  const { known, open, queues } = useHouse(({ stats, queues }) => ({
    known: JOB_STATES.reduce((sum, state) => sum + stats.counts[state], 0),
    open: stats.counts.pending + stats.counts.scheduled + stats.counts.running + stats.counts.paused,
    queues: queues.length,
  }));
  const endedBulk = useHouse(({ bulks }) => bulks.find(({ endedAtMs }) => endedAtMs !== null)?.id ?? 0);
  const change = (changed: Partial<JobsAddress>): void => replaceRoute(jobsHref({ ...address, ...changed }));
  // The list and the search box keep these for as long as they live.
  const here = JSON.stringify(address);
  const openJob = useCallback((jobId: number) => replaceRoute(jobsHref({ ...JSON.parse(here), jobId })), [here]);
  const search = useCallback((text: string) => replaceRoute(jobsHref({ ...JSON.parse(here), search: text })), [here]);
  const isNarrowed = address.search !== '' || total?.exact === false;
  return (
    <>
      <PageHeader title="Jobs" note={known === 0 ? '' : `${formatCount(known)} known · ${formatCount(open)} open`}>
        {/* An empty screen offers it where the eye is. */}
        {known > 0 && <NewMigrationButton />}
      </PageHeader>
      <div className={styles.screen} data-has-pane={address.jobId !== null}>
        <div className={styles.main}>
          <div className={styles.filters}>
            <SearchField
              label="Search keys"
              value={address.search}
              onChange={search}
              note={isNarrowed && total !== null ? matches(total) : ''}
            />
            {address.migrationId !== null && (
              <MigrationFilter migrationId={address.migrationId} onClear={() => change({ migrationId: null })} />
            )}
            {queues > 1 && <QueueFilter value={address.queue} onChange={(queue) => change({ queue })} />}
            <AllMatching filter={toFilter(address)} total={total} />
            <div className={styles.choice}>
              <Select label="Order" hideLabel value={sort} choices={SORTS} onChange={setSort} />
            </div>
          </div>
          <JobList
            // A bulk that ended changed more than the rows that are watched.
            key={endedBulk}
            label="Jobs"
            filter={toFilter(address)}
            sort={sort}
            currentJobId={address.jobId}
            onOpen={openJob}
            onTotal={setTotal}
            tabs={<StateTabs address={address} onChange={(tab) => change({ tab })} />}
            empty={<NoJobs isNarrowed={known > 0} onClear={() => replaceRoute(jobsHref({}))} />}
          />
        </div>
        {address.jobId !== null && <JobPane jobId={address.jobId} onClose={() => change({ jobId: null })} />}
      </div>
    </>
  );
}

function StateTabs({ address, onChange }: { readonly address: JobsAddress; readonly onChange: (tab: string) => void }) {
  const migration = useMigrationCounts(address.migrationId);
  const { all, queue } = useHouse((house) => ({
    all: house.stats.counts,
    queue: house.queues.find(({ name }) => name === address.queue)?.counts ?? null,
  }));
  const counts = countersFor(address, { all, queue, migration });
  return (
    <Tabs
      label="State"
      value={address.tab}
      onChange={onChange}
      tabs={STATE_TABS.map((tab) => ({
        value: tab.id,
        label: tab.label,
        ...(counts === null ? {} : { count: countOf(tab, counts) }),
      }))}
    />
  );
}

function MigrationFilter({ migrationId, onClear }: { readonly migrationId: number; readonly onClear: () => void }) {
  const migration = useMigration(migrationId);
  return (
    <Button icon={X} onClick={onClear} label="Show jobs of every migration">
      <span className={styles.filter}>{migration?.name ?? `Migration ${migrationId}`}</span>
    </Button>
  );
}

interface QueueFilterProps {
  readonly value: string | null;
  readonly onChange: (queue: string | null) => void;
}

function QueueFilter({ value, onChange }: QueueFilterProps) {
  const names = useHouse((house) => house.queues.map(({ name }) => name).join('\n'));
  const choices = [
    { value: EVERY, label: 'Every queue' },
    ...names.split('\n').map((name) => ({ value: `queue ${name}`, label: name })),
  ];
  return (
    <div className={styles.choice}>
      <Select
        label="Queue"
        hideLabel
        value={value === null ? EVERY : `queue ${value}`}
        choices={choices}
        onChange={(chosen) => onChange(chosen === EVERY ? null : chosen.slice('queue '.length))}
      />
    </div>
  );
}

function NoJobs({ isNarrowed, onClear }: { readonly isNarrowed: boolean; readonly onClear: () => void }) {
  if (!isNarrowed) {
    return (
      <EmptyState
        title="No jobs yet."
        text="A migration makes one job for each asset. They appear here as soon as the first is listed."
        action={<NewMigrationButton />}
      />
    );
  }
  return (
    <EmptyState
      title="No job matches."
      text="Nothing in this state, with this search, in this queue and migration."
      action={<Button onClick={onClear}>Show all jobs</Button>}
    />
  );
}

function useMigrationCounts(migrationId: number | null) {
  const counts = useHouse(
    (house) => house.migrations.find((migration) => migration.id === migrationId)?.counts ?? null,
  );
  return counts;
}

function matches({ count, exact }: { readonly count: number; readonly exact: boolean }): string {
  return exact ? formatNumberOf(count, 'match', 'matches') : `${formatCount(count)} or more`;
}
