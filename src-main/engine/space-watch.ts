/**
 * Owns whether the disk of the spool has room: looked at while work is open, more often while it is short. Must not
 * remove anything. Made by the coordinator, read by the gates.
 */
import { toFailure } from '../../src-shared/model/failure.ts';
import type { Clock, Disk, Log } from '../ports.ts';

export interface SpaceWatch {
  readonly isShort: boolean;
  /** A sentence, while it is short. */
  readonly reason: string;
  /** What the spool may hold in all, by the last look; null: nobody could look yet. */
  readonly roomBytes: number | null;
  /** The most of it since the start. */
  readonly mostRoomBytes: number | null;
  /** An attempt found the disk full: it is short until a look says otherwise. */
  reportFull(): void;
  stop(): void;
}

export interface SpaceWatchDeps {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly log: Log;
  readonly folder: string;
  readonly hasWork: () => boolean;
  /** What running attempts have on the disk now. */
  readonly spooledBytes: () => number;
  /** There is more room than before. */
  readonly onRoom: () => void;
  /** It became short, or has room again. */
  readonly onChange: () => void;
}

/** A handful of large spool files: below it, starting more would only fail them. */
export const SHORT_BELOW_BYTES = 64 * 1024 * 1024;
/** More than where it became short, so that it does not flutter. */
const ENOUGH_BYTES = 96 * 1024 * 1024;
const LOOK_MS = 5_000;
/** Work goes on within 5 s after space returned. */
const LOOK_WHILE_SHORT_MS = 2_000;

export function createSpaceWatch(deps: SpaceWatchDeps): SpaceWatch {
  let reason: string | null = null;
  let roomBytes: number | null = null;
  let mostRoomBytes: number | null = null;
  let stopped = false;
  let cancelTimer: () => void = () => undefined;

  function set(next: string | null): void {
    const changed = (reason === null) !== (next === null);
    reason = next;
    if (!changed) return;
    if (next === null) deps.log.info('The disk of the spool has room again.');
    else deps.log.warn('The disk of the spool is short of room; nothing starts.', { reason: next });
    deps.onChange();
  }

  async function look(): Promise<void> {
    if (reason === null && roomBytes !== null && !deps.hasWork()) return;
    try {
      const freeBytes = await deps.disk.freeBytes(deps.folder);
      // Before it is full, it is short; what is set aside must end above that.
      const hadBytes = roomBytes ?? 0;
      roomBytes = Math.max(0, freeBytes + deps.spooledBytes() - ENOUGH_BYTES);
      mostRoomBytes = Math.max(mostRoomBytes ?? 0, roomBytes);
      const limitBytes = reason === null ? SHORT_BELOW_BYTES : ENOUGH_BYTES;
      set(freeBytes >= limitBytes ? null : shortage(freeBytes));
      if (roomBytes > hadBytes) deps.onRoom();
    } catch (error) {
      // A disk that cannot be asked stops nobody: attempts find out for themselves.
      deps.log.warn('The room on the disk of the spool could not be told.', { failure: toFailure(error) });
    }
  }

  function next(): void {
    // A report may come while a look is under way: still only one timer.
    cancelTimer();
    cancelTimer = deps.clock.after(reason === null ? LOOK_MS : LOOK_WHILE_SHORT_MS, () => {
      void look().finally(() => {
        if (!stopped) next();
      });
    });
  }
  void look();
  next();

  return {
    get isShort() {
      return reason !== null;
    },
    get roomBytes() {
      return roomBytes;
    },
    get mostRoomBytes() {
      return mostRoomBytes;
    },
    get reason() {
      return reason ?? '';
    },
    reportFull() {
      if (stopped) return;
      set('The disk of the spool is full');
      next();
    },
    stop() {
      stopped = true;
      cancelTimer();
    },
  };
}

function shortage(freeBytes: number): string {
  return `The disk of the spool has only ${Math.floor(freeBytes / 1024 / 1024)} MiB left`;
}
