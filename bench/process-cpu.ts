/**
 * Owns reading how much processor time processes have used. Linux only: elsewhere the figure is not a number and
 * printed as such. Must not start anything.
 */
import { readFileSync } from 'node:fs';

/** Clock ticks of /proc, fixed at 100 a second on every Linux that Node runs on (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** User and system seconds of the processes so far. */
export function cpuSeconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    try {
      // Fields 14 and 15; the second one, the name, may hold spaces and ends with the last parenthesis.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      return Number.NaN;
    }
  }
  return ticks / TICKS_PER_SECOND;
}
