/**
 * Owns what both evidence dialogs share: what is chosen above, what the file would be below, and the button that saves
 * it. Must not know what can be chosen. Used by the dialogs of this folder.
 */
import { Download } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { formatNumberOf } from '../../../format/count.ts';
import { Button } from '../../../parts/button.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { FailureNote } from '../../../parts/failure-note.tsx';
import styles from './evidence-dialog.module.css';
import { type Order, type Preview, saveEvidence } from './use-evidence.ts';

export interface EvidenceDialogProps {
  readonly title: string;
  readonly description: string;
  readonly order: Order | null;
  readonly shown: Preview;
  /** Said while nothing can be shown yet. */
  readonly waiting: string;
  /** The failure stands at a field of `children`. */
  readonly isPlaced: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function EvidenceDialog({ order, shown, isPlaced, onClose, children, ...props }: EvidenceDialogProps) {
  const [isSaving, setSaving] = useState(false);
  const { preview, failure } = shown;

  async function save(): Promise<void> {
    if (order === null) return;
    setSaving(true);
    if (await saveEvidence(order)) onClose();
    setSaving(false);
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={props.title}
      description={props.description}
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            icon={Download}
            tone="primary"
            disabled={order === null || preview === null || isSaving}
            onClick={() => void save()}
          >
            {isSaving ? 'Saving' : 'Save file'}
          </Button>
        </>
      }
    >
      {children}
      {failure !== null && !isPlaced && <FailureNote failure={failure} />}
      <section className={styles.file} aria-label="The file">
        {preview === null ? (
          <p className={styles.quiet}>{props.waiting}</p>
        ) : (
          <>
            <p className={styles.name}>
              <code>{preview.fileName}</code>
              <span>{formatNumberOf(preview.jobs, 'job')}</span>
            </p>
            {preview.remarks.map((remark) => (
              <p key={remark} className={styles.quiet}>
                {remark}
              </p>
            ))}
            <pre className={styles.beginning}>{preview.beginning}</pre>
          </>
        )}
      </section>
    </Dialog>
  );
}
