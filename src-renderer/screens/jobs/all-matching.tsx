/**
 * Owns changing every job that the list is narrowed to, loaded or not: one bulk, pinned when it is asked for, with a
 * question that names how many. Must not touch single jobs (the bulk bar does). Used by the jobs screen.
 */
import { useState } from 'react';
import type { BulkVerb } from '../../../src-shared/model/bulk.ts';
import { formatCount } from '../../format/count.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { type Choice, Select } from '../../parts/select.tsx';
import { call } from '../../state/house-client.ts';
import { useSave } from '../use-save.ts';
import { BULK_LABELS, bulkChoices } from './bulk-choices.ts';
import type { JobFilter } from './job-filter.ts';

export interface AllMatchingProps {
  readonly filter: JobFilter;
  /** As far as the house counted; null: not yet. */
  readonly total: { readonly count: number; readonly exact: boolean } | null;
}

export function AllMatching({ filter, total }: AllMatchingProps) {
  const [isAsking, setAsking] = useState(false);
  const choices = bulkChoices(filter);
  const first = choices[0];
  if (total === null || total.count === 0 || first === undefined) return null;
  const matching = `${formatCount(total.count)}${total.exact ? '' : ' or more'}`;
  return (
    <>
      <Button onClick={() => setAsking(true)}>Change all {matching}</Button>
      {isAsking && (
        <AskBulk
          filter={filter}
          matching={matching}
          choices={choices}
          first={first.value}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface AskBulkProps {
  readonly filter: JobFilter;
  readonly matching: string;
  readonly choices: readonly Choice<BulkVerb>[];
  readonly first: BulkVerb;
  readonly onClose: () => void;
}

function AskBulk({ filter, matching, choices, first, onClose }: AskBulkProps) {
  const [verb, setVerb] = useState<BulkVerb>(first);
  const { complaints, isSaving, save } = useSave([]);
  const start = async (): Promise<void> => {
    const send = { verb, filter };
    if (await save({ ok: true, value: send }, (params) => call('bulk.start', params))) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Change all ${matching} jobs of this list`}
      description="Those that match now, also the ones that are not loaded. It goes on by itself, is shown at the foot of the window, and can be stopped."
      actions={
        <>
          <Button onClick={onClose}>Keep them as they are</Button>
          <Button tone={verb === 'cancel' ? 'danger' : 'primary'} disabled={isSaving} onClick={() => void start()}>
            {BULK_LABELS[verb]} all that can be
          </Button>
        </>
      }
    >
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      <Select label="What to do" value={verb} choices={choices} onChange={setVerb} />
    </Dialog>
  );
}
