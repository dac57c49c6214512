/** Owns saving the report of a migration: which jobs, in which format. Used by evidence-actions.tsx. */
import { useState } from 'react';
import type { ReportChoice, ReportFormat } from '../../../../src-shared/model/evidence.ts';
import type { MigrationView } from '../../../../src-shared/model/migration.ts';
import { formatCount } from '../../../format/count.ts';
import { Select } from '../../../parts/select.tsx';
import styles from './evidence-dialog.module.css';
import { EvidenceDialog } from './evidence-dialog.tsx';
import { usePreview } from './use-evidence.ts';

const FORMATS = [
  { value: 'csv', label: 'CSV', detail: 'For spreadsheets' },
  { value: 'jsonl', label: 'JSON Lines', detail: 'A row a line' },
  { value: 'json', label: 'JSON', detail: 'One array' },
] as const;

export function ReportDialog({
  migration,
  onClose,
}: {
  readonly migration: MigrationView;
  readonly onClose: () => void;
}) {
  const { id, counts, discovered } = migration;
  const [choice, setChoice] = useState<ReportChoice>(counts.failed > 0 ? 'failed' : 'all');
  const [format, setFormat] = useState<ReportFormat>('csv');
  const order = { kind: 'report', migrationId: id, choice, format } as const;
  const shown = usePreview(order);
  return (
    <EvidenceDialog
      title="Report"
      description="Every asset with its keys, digests, proof and times, or with its failure. A report of what failed can be imported again under New migration."
      order={order}
      shown={shown}
      waiting="Reading the first jobs."
      isPlaced={false}
      onClose={onClose}
    >
      <div className={styles.pair}>
        <Select
          label="Jobs"
          value={choice}
          choices={[
            { value: 'all', label: 'All', detail: formatCount(discovered) },
            { value: 'failed', label: 'Failed', detail: formatCount(counts.failed) },
            { value: 'not-completed', label: 'Not completed', detail: formatCount(discovered - counts.completed) },
          ]}
          onChange={setChoice}
        />
        <Select label="Format" value={format} choices={FORMATS} onChange={setFormat} />
      </div>
    </EvidenceDialog>
  );
}
