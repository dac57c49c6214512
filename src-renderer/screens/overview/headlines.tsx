/** Owns the first two of the three answers, in large figures: is it working, and how long still. */
import { CircleArrowRight, Hourglass } from 'lucide-react';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { useHouse } from '../../state/use-house.ts';
import { heldJobs, howLong, isWorking } from './answers.ts';
import styles from './headlines.module.css';

export function Headlines() {
  const working = useHouse(isWorking);
  const long = useHouse(howLong);
  const { busy, berths, perMinute, open, held, bytesLeft, isListing } = useHouse((house) => ({
    busy: house.stats.processing,
    berths: house.queues.reduce((sum, { name, concurrency }) => sum + (name === NOTICE_QUEUE ? 0 : concurrency), 0),
    perMinute: house.throughput.at(-1)?.jobsPerMinute ?? 0,
    open: house.stats.pending + house.stats.counts.scheduled + house.stats.processing + house.stats.counts.paused,
    held: heldJobs(house),
    bytesLeft: house.migrations.reduce(
      (sum, { finishedAtMs, totalBytes, doneBytes }) => sum + (finishedAtMs === null ? totalBytes - doneBytes : 0),
      0,
    ),
    isListing: house.migrations.some(({ listing }) => listing === 'waiting' || listing === 'listing'),
  }));
  return (
    <div className={styles.row}>
      <section aria-label="Is it working?">
        <p className={styles.question}>
          <CircleArrowRight
            size={14}
            strokeWidth={1.8}
            aria-hidden
            className={working.isWorking ? styles.running : undefined}
          />
          Is it working?
        </p>
        <p className={styles.answer}>{working.isWorking ? sentenceCase(working.value) : working.word}</p>
        <p className={styles.note}>
          {working.isWorking
            ? `${formatCount(busy)} of ${formatNumberOf(berths, 'berth')} busy · ${formatNumberOf(perMinute, 'job')} a minute`
            : working.value}
        </p>
      </section>
      <section aria-label="How long still?">
        <p className={styles.question}>
          <Hourglass size={14} strokeWidth={1.8} aria-hidden />
          How long still?
        </p>
        <p className={styles.answer}>
          {long.value !== '' ? long.value : open === 0 ? 'Nothing left' : held >= open ? 'Paused' : 'Measuring'}
          <small>{long.span}</small>
        </p>
        <p className={styles.note}>
          {open === 0
            ? 'Every job has come to rest.'
            : `${[
                `${formatNumberOf(open, 'job')}, ${formatBytes(bytesLeft)} left`,
                ...(held > 0 ? [`${held >= open ? 'all' : formatCount(held)} held until resumed`] : []),
                ...(isListing ? ['still listing'] : []),
              ].join(', ')}.`}
        </p>
      </section>
    </div>
  );
}

function sentenceCase(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
