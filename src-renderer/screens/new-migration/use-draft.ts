/**
 * Owns the draft while the form is open: changes, keeping it, and the complaints that stand at its fields. A change
 * takes away the complaints of the fields it touches. Called by the new-migration screen.
 */
import { useCallback, useState } from 'react';
import { create } from 'zustand';
import { type Complaints, type MigrationDraft, withoutTouched } from './form-state.ts';
import { dropDraft, keepDraft, readKeptDraft } from './kept-draft.ts';

/** Outlives the screen, so that a look at another one loses nothing, pasted addresses included. */
const useKeptDraft = create<{ readonly draft: MigrationDraft; readonly keptAtMs: number | null }>(() => ({
  draft: readKeptDraft(window.localStorage),
  keptAtMs: null,
}));

export interface DraftState {
  readonly draft: MigrationDraft;
  /** null: not kept yet, or the browser keeps nothing. */
  readonly keptAtMs: number | null;
  readonly complaints: Complaints;
  readonly complain: (complaints: Complaints) => void;
  readonly change: (changed: Partial<MigrationDraft>) => void;
  readonly drop: () => void;
}

export function useDraft(): DraftState {
  const { draft, keptAtMs } = useKeptDraft();
  const [complaints, setComplaints] = useState<Complaints>({});

  const change = useCallback((changed: Partial<MigrationDraft>) => {
    const next = { ...useKeptDraft.getState().draft, ...changed };
    const isKept = keepDraft(window.localStorage, next);
    useKeptDraft.setState({ draft: next, keptAtMs: isKept ? Date.now() : null });
    setComplaints((before) => withoutTouched(before, changed));
  }, []);

  const drop = useCallback(() => {
    dropDraft(window.localStorage);
    useKeptDraft.setState({ draft: readKeptDraft(window.localStorage), keptAtMs: null });
  }, []);

  return { draft, keptAtMs, complaints, complain: setComplaints, change, drop };
}
