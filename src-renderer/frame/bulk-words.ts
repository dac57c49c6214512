/**
 * Owns how a bulk change is said in one line. Pure. Used by bulk-strip.tsx.
 */
import type { BulkView } from '../../src-shared/model/bulk.ts';
import { formatCount } from '../format/count.ts';

const DOING: Readonly<Record<BulkView['verb'], string>> = {
  pause: 'Pausing',
  resume: 'Resuming',
  cancel: 'Cancelling',
  retry: 'Retrying',
  skip: 'Leaving out',
};

/** "Retrying failed jobs of migration 3: 12,000 of 100,000". */
export function bulkWords({ verb, subject, state, handled, total, changed, refused }: BulkView): string {
  const left = refused > 0 ? `, ${formatCount(refused)} left alone` : '';
  if (state === 'running') return `${DOING[verb]} ${subject}: ${formatCount(handled)} of ${formatCount(total)}${left}`;
  const ended = state === 'stopped' ? 'Stopped' : 'Done';
  return `${ended}: ${DOING[verb].toLowerCase()} ${subject}, ${formatCount(changed)} changed${left}`;
}
