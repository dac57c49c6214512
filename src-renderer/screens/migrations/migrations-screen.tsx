/**
 * Owns the list of migrations: the open ones and the whole history, newest first, with search. Must not hold what a
 * migration does (its own page does). Shown at `#/migrations`.
 */
import { memo, useCallback } from 'react';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { formatMoment } from '../../format/moments.ts';
import { Button } from '../../parts/button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { StateBadge, stateTone } from '../../parts/state-badge.tsx';
import { href, replaceRoute, useRoute } from '../../state/route.ts';
import { useHouse } from '../../state/use-house.ts';
import { useMigrationEnds } from '../migration-book.ts';
import { NewMigrationButton } from '../new-migration-button.tsx';
import { ProgressBar } from '../progress-bar.tsx';
import { SearchField } from '../search-field.tsx';
import { progressPart, progressWords, standingOf } from './migration-words.ts';
import styles from './migrations-screen.module.css';
import { useMigrationHistory } from './use-migration-history.ts';

export function MigrationsScreen() {
  const search = useRoute().query.get('search') ?? '';
  const find = useCallback((text: string) => replaceRoute(href('migrations', undefined, { search: text })), []);
  const { rows, total, hasMore, failure, loadMore, reload } = useMigrationHistory(search);
  const open = useHouse((house) => house.stats.migrations);
  const isEmpty = rows?.length === 0 && search === '';
  return (
    <>
      <PageHeader title="Migrations" note={open === 0 ? '' : `${formatCount(open)} open`}>
        {/* An empty screen offers it where the eye is. */}
        {!isEmpty && <NewMigrationButton />}
      </PageHeader>
      <div className={styles.screen}>
        <div className={styles.filters}>
          <SearchField
            label="Search migrations"
            value={search}
            onChange={find}
            note={total === null || search === '' ? '' : matches(total)}
          />
        </div>
        <div className={styles.head}>
          <span>State</span>
          <span>Migration</span>
          <span className={styles.ends}>Source and destination</span>
          <span>Progress</span>
          <span className={styles.number}>Bytes</span>
          <span className={styles.number}>Begun</span>
        </div>
        <div className={styles.body}>
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
            </div>
          )}
          <ul aria-label="Migrations">
            {rows?.map((migration) => (
              <MigrationRow key={migration.id} migration={migration} />
            ))}
          </ul>
          {hasMore && (
            <div className={styles.more}>
              <Button onClick={loadMore}>Show older migrations</Button>
            </div>
          )}
          {rows?.length === 0 && <NoMigrations search={search} onClear={() => find('')} />}
        </div>
      </div>
    </>
  );
}

const MigrationRow = memo(function MigrationRow({ migration }: { readonly migration: MigrationView }) {
  const { state, sentence } = useHouse((house) => standingOf(migration, house.queues));
  const ends = useMigrationEnds(migration);
  return (
    <li>
      <a className={styles.row} href={href('migrations', migration.id)} title={sentence}>
        <StateBadge state={state} />
        <span className={styles.name}>
          <strong title={migration.name}>{migration.name}</strong>
          <span>
            {migration.isSample ? 'sample, ' : ''}queue {migration.queue}
          </span>
        </span>
        <span className={styles.ends}>
          <ProviderChip chip={ends?.source.chip ?? '–'} />
          <span className={styles.place} title={migration.source.container}>
            {ends?.source.name}
          </span>
          <span aria-hidden>→</span>
          <ProviderChip chip={ends?.destination.chip ?? '–'} />
          <span className={styles.place} title={migration.destination.container}>
            {ends?.destination.name}
          </span>
        </span>
        <span className={styles.progress}>
          <ProgressBar part={progressPart(migration)} label={`Progress of ${migration.name}`} tone={stateTone(state)} />
          <span>{progressWords(migration)}</span>
        </span>
        <span className={styles.number}>{formatBytes(migration.doneBytes)}</span>
        <span className={styles.number}>{formatMoment(migration.createdAtMs, Date.now())}</span>
      </a>
    </li>
  );
});

function NoMigrations({ search, onClear }: { readonly search: string; readonly onClear: () => void }) {
  if (search !== '') {
    return (
      <EmptyState
        title="No migration matches."
        text={`Nothing is named or placed like “${search}”.`}
        action={<Button onClick={onClear}>Show all migrations</Button>}
      />
    );
  }
  return (
    <EmptyState
      title="No migrations yet."
      text="A migration moves everything under one place to another place, and proves each asset."
      action={<NewMigrationButton />}
    />
  );
}

function matches({ count, exact }: { readonly count: number; readonly exact: boolean }): string {
  return exact ? formatNumberOf(count, 'match', 'matches') : `${formatCount(count)} or more`;
}
