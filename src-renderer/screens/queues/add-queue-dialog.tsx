/** Owns adding a queue: its name and its berths; the rest is ordinary until it is edited. Used by the queues screen. */
import { useState } from 'react';
import { commands } from '../../../src-shared/contract/commands.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { call } from '../../state/house-client.ts';
import { checkForm, wholeNumber } from '../checked-form.ts';
import { useSave } from '../use-save.ts';
import { QUEUE_WORDS } from './queue-form.ts';

const WORDS = {
  queue: 'One to 64 lower-case letters, digits and hyphens.',
  concurrency: QUEUE_WORDS.concurrency,
};

export function AddQueueDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [concurrency, setConcurrency] = useState('4');
  const { complaints, isSaving, forget, save } = useSave(Object.keys(WORDS));
  const submit = async (): Promise<void> => {
    const typed = { queue: name.trim(), concurrency: wholeNumber(concurrency) };
    const checked = checkForm(commands['queue.create'].params, typed, WORDS);
    if (await save(checked, (params) => call('queue.create', params))) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a queue"
      description="Migrations of one queue share its berths. A queue of its own keeps a few large assets from holding up many small ones."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" disabled={isSaving} onClick={() => void submit()}>
            Add queue
          </Button>
        </>
      }
    >
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      <TextField
        label="Name"
        value={name}
        onChange={(typed) => {
          setName(typed);
          forget();
        }}
        help="It cannot be changed later."
        failure={complaints.queue}
      />
      <TextField
        label="Jobs at once"
        value={concurrency}
        onChange={(typed) => {
          setConcurrency(typed);
          forget();
        }}
        help="More is faster until the network, the disk or the other side is busy."
        failure={complaints.concurrency}
      />
    </Dialog>
  );
}
