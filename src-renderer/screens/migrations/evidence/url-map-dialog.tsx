/**
 * Owns saving the URL map of a migration: where the source was served, where the destination is, for which server.
 * Must not make addresses itself (the house does, and shows the first). Used by evidence-actions.tsx.
 */
import { useState } from 'react';
import type { UrlMapFormat } from '../../../../src-shared/model/evidence.ts';
import type { MigrationView } from '../../../../src-shared/model/migration.ts';
import { keysAreUrls } from '../../../../src-shared/model/url-key.ts';
import { Select } from '../../../parts/select.tsx';
import { TextField } from '../../../parts/text-field.tsx';
import styles from './evidence-dialog.module.css';
import { EvidenceDialog } from './evidence-dialog.tsx';
import { usePreview } from './use-evidence.ts';

const FORMATS: readonly { readonly value: UrlMapFormat; readonly label: string; readonly detail: string }[] = [
  { value: 'csv', label: 'CSV', detail: 'A table' },
  { value: 'json', label: 'JSON', detail: 'The same rows' },
  { value: 'jsonl', label: 'JSON Lines', detail: 'A row a line' },
  { value: 'nginx', label: 'nginx', detail: 'map' },
  { value: 'apache', label: 'Apache', detail: 'RewriteMap' },
  { value: 'cloudflare', label: 'Cloudflare', detail: 'Bulk Redirects' },
  { value: 'netlify', label: 'Netlify', detail: '_redirects' },
  { value: 'vercel', label: 'Vercel', detail: 'vercel.json' },
];

export function UrlMapDialog({
  migration,
  onClose,
}: {
  readonly migration: MigrationView;
  readonly onClose: () => void;
}) {
  const isWhole = keysAreUrls(migration.source.container);
  const [oldBase, setOldBase] = useState({ url: '', prefix: '' });
  const [newBase, setNewBase] = useState({ url: '', prefix: '' });
  const [format, setFormat] = useState<UrlMapFormat>('csv');
  const isEnough = newBase.url.trim() !== '' && (isWhole || oldBase.url.trim() !== '');
  const order = isEnough
    ? ({ kind: 'url-map', migrationId: migration.id, format, oldBase: isWhole ? null : oldBase, newBase } as const)
    : null;
  const shown = usePreview(order);
  const failureAt = (field: string) => (shown.failure?.field === field ? shown.failure : null);
  return (
    <EvidenceDialog
      title="URL map"
      description="Old to new web addresses of every asset that stands at the destination, as servers and CDNs read them. Each address stands before the keys, in place of its prefix."
      order={order}
      shown={shown}
      waiting={isEnough ? 'Reading the first jobs.' : 'Its first lines are shown here once both addresses are there.'}
      isPlaced={failureAt('oldBase.url') !== null || failureAt('newBase.url') !== null}
      onClose={onClose}
    >
      {!isWhole && (
        <div className={styles.pair}>
          <TextField
            label="Old address"
            value={oldBase.url}
            onChange={(url) => setOldBase({ ...oldBase, url })}
            placeholder="https://static.example.com/"
            help="Where the source was served."
            failure={failureAt('oldBase.url')}
            mono
          />
          <TextField
            label="in place of the prefix (optional)"
            value={oldBase.prefix}
            onChange={(prefix) => setOldBase({ ...oldBase, prefix })}
            placeholder={migration.source.prefix}
            mono
          />
        </div>
      )}
      <div className={styles.pair}>
        <TextField
          label="New address"
          value={newBase.url}
          onChange={(url) => setNewBase({ ...newBase, url })}
          placeholder="https://cdn.example.com/"
          help="Where the destination is served."
          failure={failureAt('newBase.url')}
          mono
        />
        <TextField
          label="in place of the prefix (optional)"
          value={newBase.prefix}
          onChange={(prefix) => setNewBase({ ...newBase, prefix })}
          placeholder={migration.destination.prefix}
          mono
        />
      </div>
      <Select label="For" value={format} choices={FORMATS} onChange={setFormat} />
    </EvidenceDialog>
  );
}
