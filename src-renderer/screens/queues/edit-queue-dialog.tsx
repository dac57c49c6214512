/** Owns changing a queue: how much it may do, how soon, and when. Used by the queues screen. */
import { useState } from 'react';
import type { QueueView } from '../../../src-shared/model/house.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { call } from '../../state/house-client.ts';
import { CapField } from '../cap-field.tsx';
import { HoursField } from '../hours-field.tsx';
import { useSave } from '../use-save.ts';
import { QUEUE_WORDS, toQueueChange, toQueueForm } from './queue-form.ts';
import styles from './queues-screen.module.css';

export interface EditQueueDialogProps {
  readonly queue: QueueView;
  readonly onClose: () => void;
}

export function EditQueueDialog({ queue, onClose }: EditQueueDialogProps) {
  const [form, setForm] = useState(() => toQueueForm(queue, Intl.DateTimeFormat().resolvedOptions().timeZone));
  const { complaints, isSaving, forget, save } = useSave(Object.keys(QUEUE_WORDS));
  const change = (changed: Partial<typeof form>): void => {
    setForm({ ...form, ...changed });
    forget();
  };
  const submit = async (): Promise<void> => {
    if (await save(toQueueChange(queue.name, form), (params) => call('queue.update', params))) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Edit queue ${queue.name}`}
      description="A change holds for the next job that starts; running jobs go on."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" disabled={isSaving} onClick={() => void submit()}>
            Save queue
          </Button>
        </>
      }
    >
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      <div className={styles.figures}>
        <TextField
          label="Jobs at once"
          value={form.concurrency}
          onChange={(concurrency) => change({ concurrency })}
          help="One berth each."
          failure={complaints.concurrency}
        />
        <TextField
          label="Priority"
          value={form.priority}
          onChange={(priority) => change({ priority })}
          help="Higher first; 0 is ordinary."
          failure={complaints.priority}
        />
        <TextField
          label="Starts a minute"
          value={form.startsPerMinute}
          onChange={(startsPerMinute) => change({ startsPerMinute })}
          placeholder="any number"
          help="Empty: any number."
          failure={complaints.startsPerMinute}
        />
      </div>
      <CapField
        draft={form.bandwidthCap}
        onChange={(bandwidthCap) => change({ bandwidthCap })}
        complaints={complaints}
        help="Its jobs together, reading and writing each. Empty: no cap. Holds for running jobs too."
      />
      <HoursField draft={form.hours} onChange={(hours) => change({ hours })} complaints={complaints} />
    </Dialog>
  );
}
