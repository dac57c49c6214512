/**
 * Owns the migration that a page shows: live from the mirror while the house keeps it there, else fetched. Called by
 * the page of one migration.
 */
import { useCallback, useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { call } from '../../state/house-client.ts';
import { onSnapshot } from '../../state/house-store.ts';
import { useHouse } from '../../state/use-house.ts';

export interface MigrationPageAnswer {
  /** null until the house answered. */
  readonly migration: MigrationView | null;
  readonly failure: Failure | null;
  readonly reload: () => void;
}

export function useMigrationPage(migrationId: number): MigrationPageAnswer {
  const live = useHouse((house) => house.migrations.find(({ id }) => id === migrationId) ?? null);
  const [fetched, setFetched] = useState<MigrationView | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const isLive = live !== null;

  useEffect(() => {
    if (isLive) return;
    let isOver = false;
    void round;
    call('migration.get', { migrationId }).then(
      (migration) => {
        if (isOver) return;
        setFetched(migration);
        setFailure(null);
      },
      (thrown: unknown) => {
        if (!isOver) setFailure(toFailure(thrown));
      },
    );
    return () => {
      isOver = true;
    };
  }, [migrationId, round, isLive]);

  useEffect(() => onSnapshot(reload), [reload]);

  const migration = live ?? (fetched?.id === migrationId ? fetched : null);
  return { migration, failure, reload };
}
