/**
 * Owns the pages of the migration history that the window holds, for one search, with live rows laid over them.
 * Called by the migrations screen.
 */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Page } from '../../../src-shared/contract/commands.ts';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { call } from '../../state/house-client.ts';
import { onSnapshot } from '../../state/house-store.ts';
import { useHouse } from '../../state/use-house.ts';

interface History {
  readonly search: string;
  readonly rows: readonly MigrationView[];
  readonly nextCursor: string | null;
  readonly total: Page<MigrationView>['total'];
}

export interface MigrationHistory {
  /** null until the first answer; while another search is under way, what the last one found. */
  readonly rows: readonly MigrationView[] | null;
  readonly total: Page<MigrationView>['total'] | null;
  readonly hasMore: boolean;
  readonly failure: Failure | null;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

export function useMigrationHistory(search: string): MigrationHistory {
  const [history, setHistory] = useState<History | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const live = useHouse((house) => house.migrations);
  const newestLiveId = live[0]?.id ?? 0;
  const reload = useCallback(() => setRound((before) => before + 1), []);

  // A migration that was just made is not in the pages yet: ask again when the newest changes.
  useEffect(() => {
    let isOver = false;
    void round;
    void newestLiveId;
    call('migration.list', search === '' ? {} : { search }).then(
      (page) => {
        if (isOver) return;
        setHistory({ search, ...page });
        setFailure(null);
      },
      (thrown: unknown) => {
        if (!isOver) setFailure(toFailure(thrown));
      },
    );
    return () => {
      isOver = true;
    };
  }, [search, round, newestLiveId]);

  useEffect(() => onSnapshot(reload), [reload]);

  const loadMore = useCallback(() => {
    if (history === null || history.nextCursor === null) return;
    call('migration.list', { cursor: history.nextCursor, ...(history.search === '' ? {} : { search }) }).then(
      (page) =>
        setHistory((before) =>
          before === history ? { ...history, ...page, rows: [...history.rows, ...page.rows] } : before,
        ),
      (thrown: unknown) => setFailure(toFailure(thrown)),
    );
  }, [history, search]);

  const rows = useMemo(() => {
    if (history === null) return null;
    const fresh = new Map(live.map((migration) => [migration.id, migration]));
    return history.rows.map((row) => fresh.get(row.id) ?? row);
  }, [history, live]);

  return {
    rows,
    total: history?.total ?? null,
    hasMore: history !== null && history.nextCursor !== null,
    failure,
    loadMore,
    reload,
  };
}
