/** Owns asking why a queue is paused, which nobody has to say. Used by the queues screen. */
import { useState } from 'react';
import { commands } from '../../../src-shared/contract/commands.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { call } from '../../state/house-client.ts';
import { checkForm } from '../checked-form.ts';
import { useSave } from '../use-save.ts';

const WORDS = { reason: 'At most 200 characters.' };

export interface PauseQueueDialogProps {
  readonly queue: string;
  readonly onClose: () => void;
}

export function PauseQueueDialog({ queue, onClose }: PauseQueueDialogProps) {
  const [reason, setReason] = useState('');
  const { complaints, isSaving, forget, save } = useSave(Object.keys(WORDS));
  const submit = async (): Promise<void> => {
    const typed = { queue, ...(reason.trim() === '' ? {} : { reason }) };
    const checked = checkForm(commands['queue.pause'].params, typed, WORDS);
    if (await save(checked, (params) => call('queue.pause', params))) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Pause queue ${queue}?`}
      description="Nothing new starts in it until you resume it. What runs goes on to its end."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" disabled={isSaving} onClick={() => void submit()}>
            Pause queue
          </Button>
        </>
      }
    >
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label="Reason"
          value={reason}
          onChange={(typed) => {
            setReason(typed);
            forget();
          }}
          placeholder="optional"
          help="Shown wherever somebody asks why nothing runs."
          failure={complaints.reason}
        />
      </form>
    </Dialog>
  );
}
