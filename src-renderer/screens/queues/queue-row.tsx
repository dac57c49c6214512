/** Owns one queue as a row: its berths, what waits, its gate, and what it may do. Used by the queues screen. */
import { Pause, Pencil, Play, Trash2 } from 'lucide-react';
import type { QueueView } from '../../../src-shared/model/house.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { Berths } from '../../parts/berths.tsx';
import { IconButton } from '../../parts/button.tsx';
import { GateNote } from '../../parts/gate.tsx';
import { useHouse } from '../../state/use-house.ts';
import { capInWords } from '../cap-form.ts';
import { windowsInWords } from '../hours-form.ts';
import styles from './queues-screen.module.css';

/** The house keeps these: work that names no queue, and notices, must have a place. */
const STAY: ReadonlySet<string> = new Set(['default', NOTICE_QUEUE]);

export interface QueueRowProps {
  readonly queue: QueueView;
  readonly onPauseOrResume: () => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

export function QueueRow({ queue, onPauseOrResume, onEdit, onRemove }: QueueRowProps) {
  const { name, paused, counts, concurrency, hours } = queue;
  const running = useHouse((house) => house.running.filter(({ job }) => job.queue === name));
  const hoursWords = hours === null ? 'at any hour' : `${windowsInWords(hours.windows)}, ${hours.timeZone}`;
  const starts = queue.startsPerMinute === null ? 'any number' : `${formatCount(queue.startsPerMinute)} a minute`;
  const startsWords = queue.bandwidthCap === null ? starts : `${starts}, ${capInWords(queue.bandwidthCap)}`;
  return (
    <li className={styles.row} aria-label={`Queue ${name}`}>
      <div className={styles.name}>
        <strong title={name}>{name}</strong>
        <span>
          {counts.running} of {formatNumberOf(concurrency, 'berth')} busy
        </span>
      </div>
      <span className={styles.number}>{formatCount(counts.pending)}</span>
      <GateNote gate={queue.gate} />
      <div className={styles.berths}>
        <Berths
          count={concurrency}
          running={running}
          held={queue.gate.state === 'limited' || queue.gate.state === 'throttled'}
        />
      </div>
      <span className={styles.number}>{String(queue.priority).replace('-', '−')}</span>
      <div className={styles.starts}>
        <span title={startsWords}>{startsWords}</span>
        <span title={hoursWords}>{hoursWords}</span>
      </div>
      <div className={styles.actions}>
        <IconButton
          icon={paused ? Play : Pause}
          label={`${paused ? 'Resume' : 'Pause'} queue ${name}`}
          size="small"
          onClick={onPauseOrResume}
        />
        <IconButton icon={Pencil} label={`Edit queue ${name}`} size="small" onClick={onEdit} />
        {!STAY.has(name) && <IconButton icon={Trash2} label={`Remove queue ${name}`} size="small" onClick={onRemove} />}
      </div>
    </li>
  );
}
