/**
 * Owns beginning a migration from a report: the file, what was read from it, and asking for it. Must not judge the
 * report (src-shared/report does). Used by the new-migration screen.
 */
import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Params } from '../../../src-shared/contract/commands.ts';
import type { Location } from '../../../src-shared/model/asset.ts';
import { type Failure, failure, toFailure } from '../../../src-shared/model/failure.ts';
import { MAX_REPORT_BYTES, type ReadReport, readReport } from '../../../src-shared/report/read-report.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { AssetKey } from '../../parts/asset-key.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { call } from '../../state/house-client.ts';
import { go, href } from '../../state/route.ts';
import { useHouse } from '../../state/use-house.ts';
import styles from './new-migration-screen.module.css';

interface Opened {
  readonly fileName: string;
  readonly report: ReadReport | null;
  readonly failure: Failure | null;
}

export function ReportImport() {
  const input = useRef<HTMLInputElement>(null);
  const [opened, setOpened] = useState<Opened | null>(null);

  async function read(file: File): Promise<void> {
    try {
      if (file.size > MAX_REPORT_BYTES) {
        setOpened({
          fileName: file.name,
          report: null,
          failure: failure('too-large', 'The file is too large for a report.'),
        });
        return;
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      const report = readReport(bytes, new TextDecoder('utf-8', { fatal: true }));
      setOpened({ fileName: file.name, report, failure: null });
    } catch (thrown) {
      setOpened({ fileName: file.name, report: null, failure: toFailure(thrown) });
    }
  }

  return (
    <>
      <Button icon={FileUp} onClick={() => input.current?.click()}>
        From a report
      </Button>
      <input
        ref={input}
        type="file"
        accept=".csv,.json,.jsonl"
        aria-label="Report file"
        hidden
        onChange={({ target }) => {
          const file = target.files?.[0];
          // The same file may be chosen again after it was mended.
          target.value = '';
          if (file !== undefined) void read(file);
        }}
      />
      {opened !== null && <ImportDialog opened={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

function ImportDialog({ opened, onClose }: { readonly opened: Opened; readonly onClose: () => void }) {
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const [isStarting, setStarting] = useState(false);
  const { report } = opened;
  const told = refusal ?? opened.failure;

  async function start({ request }: ReadReport): Promise<void> {
    setStarting(true);
    try {
      // The contract's own shape, which the house checks again.
      const { migrationId } = await call('migration.submit', request as Params<'migration.submit'>);
      go(href('migrations', migrationId));
    } catch (thrown) {
      setRefusal(toFailure(thrown));
      setStarting(false);
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title="Move again what did not arrive"
      description={opened.fileName}
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          {report !== null && (
            <Button tone="primary" disabled={isStarting} onClick={() => void start(report)}>
              {isStarting ? 'Starting' : 'Start migration'}
            </Button>
          )}
        </>
      }
    >
      {told !== null && <FailureNote failure={told} />}
      {report !== null && <WhatWasRead report={report} />}
    </Dialog>
  );
}

function WhatWasRead({ report: { request, passedOver, migrationId } }: { readonly report: ReadReport }) {
  const assets = request.selection.kind === 'assets' ? request.selection.assets.length : 0;
  return (
    <div className={styles.list} role="status">
      <p>
        {formatNumberOf(assets, 'asset')} of migration {migrationId}, with its ends, policies and queue.
      </p>
      {passedOver > 0 && <p>{formatCount(passedOver)} that arrived or were skipped are left out.</p>}
      <p className={styles.example}>
        <Place location={request.source} /> <span aria-hidden>→</span> <Place location={request.destination} />
      </p>
    </div>
  );
}

function Place({ location: { accountId, container, prefix } }: { readonly location: Location }) {
  const name = useHouse((house) => house.accounts.find(({ id }) => id === accountId)?.name ?? accountId);
  return <AssetKey value={[name, container, prefix].filter((part) => part !== '').join(' / ')} />;
}
