/**
 * Owns finding the migration of a job: the mirror has the open and latest ones, older ones are fetched once. Must not
 * list migrations. Read by job rows, the detail pane and failure groups.
 */
import { useEffect } from 'react';
import { create } from 'zustand';
import { toFailure } from '../../src-shared/model/failure.ts';
import type { MigrationView } from '../../src-shared/model/migration.ts';
import { call } from '../state/house-client.ts';
import { type Ends, endOf, useProviders } from '../state/use-ends.ts';
import { useHouse } from '../state/use-house.ts';

/** `absent`: the house knows no such migration any more. */
type Entry = MigrationView | 'absent';

const useBook = create<{ readonly entries: ReadonlyMap<number, Entry> }>(() => ({ entries: new Map() }));
const asked = new Set<number>();

async function fetchMigration(migrationId: number): Promise<void> {
  if (asked.has(migrationId)) return;
  asked.add(migrationId);
  try {
    keep(migrationId, await call('migration.get', { migrationId }));
  } catch (thrown) {
    if (toFailure(thrown).code === 'not-found') keep(migrationId, 'absent');
    else asked.delete(migrationId);
  }
}

function keep(migrationId: number, entry: Entry): void {
  useBook.setState(({ entries }) => ({ entries: new Map(entries).set(migrationId, entry) }));
}

/** null until it is known, and when it is not there any more. */
export function useMigration(migrationId: number): MigrationView | null {
  const live = useHouse((house) => house.migrations.find((migration) => migration.id === migrationId) ?? null);
  const kept = useBook(({ entries }) => entries.get(migrationId));
  useEffect(() => {
    if (live === null) void fetchMigration(migrationId);
  }, [live, migrationId]);
  return live ?? (kept === 'absent' ? null : (kept ?? null));
}

/** The two ends of any migration, live or history; null until it is known. */
export function useMigrationEnds(migration: MigrationView | null): Ends | null {
  const accounts = useHouse((house) => house.accounts);
  const providers = useProviders();
  if (migration === null) return null;
  return {
    source: endOf(migration.source, accounts, providers),
    destination: endOf(migration.destination, accounts, providers),
  };
}
