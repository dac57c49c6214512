/**
 * Owns how a schedule is said: what it does, when, and how its last run went. Pure. Used by the schedules screen.
 */
import type { ScheduleRun, ScheduleTask, ScheduleTiming } from '../../../src-shared/model/schedule.ts';
import { formatNumberOf } from '../../format/count.ts';

const DAYS: Readonly<Record<string, string>> = {
  '*': 'every day',
  '1-5': 'on weekdays',
  '0,6': 'on weekends',
  '6,0': 'on weekends',
  '0': 'on Sundays',
  '1': 'on Mondays',
  '2': 'on Tuesdays',
  '3': 'on Wednesdays',
  '4': 'on Thursdays',
  '5': 'on Fridays',
  '6': 'on Saturdays',
};

const TASKS = {
  prune: 'Removes old finished jobs',
  health: 'Checks the database, the disk and the accounts in use',
  sweep: 'Removes what lost work left behind',
  backup: 'Backs up the database',
} as const;

/** "every 30 minutes", "at 02:00 on weekdays, Europe/Berlin"; an expression that is no common one stands as it is. */
export function timingWords(timing: ScheduleTiming): string {
  if (timing.kind === 'interval') return `every ${spanWords(timing.everyMinutes)}`;
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = timing.expression.trim().split(/\s+/);
  const days = DAYS[weekday];
  const isTime = /^\d{1,2}$/.test(minute) && /^\d{1,2}$/.test(hour);
  if (isTime && day === '*' && month === '*' && days !== undefined) {
    return `at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')} ${days}, ${timing.timeZone}`;
  }
  return `${timing.expression}, ${timing.timeZone}`;
}

function spanWords(minutes: number): string {
  if (minutes % 1_440 === 0) return minutes === 1_440 ? 'day' : `${minutes / 1_440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? 'hour' : `${minutes / 60} hours`;
  return minutes === 1 ? 'minute' : formatNumberOf(minutes, 'minute');
}

export function taskWords(task: ScheduleTask): string {
  if (task.kind === 'maintenance') return TASKS[task.task];
  const { source, destination } = task.request;
  return `${task.mode === 'full' ? 'Copies everything' : 'Copies what changed'}: ${source.container} → ${destination.container}`;
}

export function runWords({ outcome, detail, failure }: ScheduleRun): string {
  const said = failure?.message ?? detail;
  const words = { running: 'Running', done: 'Done', failed: 'Failed', skipped: 'Left out' }[outcome];
  return said === '' ? words : `${words}: ${said}`;
}
