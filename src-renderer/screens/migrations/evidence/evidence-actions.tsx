/** Owns the two buttons under which a migration's report and URL map are found. Used by a migration's summary. */
import { FileText, Link2 } from 'lucide-react';
import { useState } from 'react';
import type { MigrationView } from '../../../../src-shared/model/migration.ts';
import { Button } from '../../../parts/button.tsx';
import { ReportDialog } from './report-dialog.tsx';
import { UrlMapDialog } from './url-map-dialog.tsx';

export function EvidenceActions({ migration }: { readonly migration: MigrationView }) {
  const [open, setOpen] = useState<'report' | 'url-map' | null>(null);
  const { completed, skipped } = migration.counts;
  const close = (): void => setOpen(null);
  if (migration.discovered === 0) return null;
  return (
    <>
      <Button icon={FileText} size="small" onClick={() => setOpen('report')}>
        Report
      </Button>
      <Button icon={Link2} size="small" disabled={completed + skipped === 0} onClick={() => setOpen('url-map')}>
        URL map
      </Button>
      {open === 'report' && <ReportDialog migration={migration} onClose={close} />}
      {open === 'url-map' && <UrlMapDialog migration={migration} onClose={close} />}
    </>
  );
}
