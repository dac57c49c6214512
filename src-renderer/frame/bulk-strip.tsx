/**
 * Owns showing how far bulk changes are, and stopping them. One that ended stays a moment, with what came of it.
 * Must not start any. Above every screen.
 */
import { useEffect, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { showFailure } from '../parts/toasts.tsx';
import { call } from '../state/house-client.ts';
import { useHouse } from '../state/use-house.ts';
import { bulkWords } from './bulk-words.ts';
import styles from './notes.module.css';

/** Long enough to read the result. */
const SHOWN_MS = 8_000;

export function BulkStrip() {
  const bulks = useHouse((house) => house.bulks);
  const [nowMs, setNowMs] = useState(() => Date.now());
  const shown = bulks.filter(({ endedAtMs }) => endedAtMs === null || nowMs - endedAtMs < SHOWN_MS);
  const hasEnded = shown.some(({ endedAtMs }) => endedAtMs !== null);
  useEffect(() => {
    setNowMs(Date.now());
    if (!hasEnded) return;
    const timer = globalThis.setInterval(() => setNowMs(Date.now()), 1_000);
    return () => globalThis.clearInterval(timer);
  }, [hasEnded]);
  if (shown.length === 0) return null;
  return (
    <section className={styles.bulks} aria-label="Bulk changes">
      {shown.map((bulk) => (
        <div key={bulk.id} className={styles.bulk} role="status">
          <span className={styles.words}>{bulkWords(bulk)}</span>
          <progress max={Math.max(1, bulk.total)} value={bulk.handled} aria-label={`Bulk change ${bulk.id}`} />
          {bulk.state === 'running' && (
            <Button size="small" onClick={() => void call('bulk.stop', { bulkId: bulk.id }).catch(showFailure)}>
              Stop
            </Button>
          )}
        </div>
      ))}
    </section>
  );
}
