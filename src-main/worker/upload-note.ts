/**
 * Owns what one attempt knows of its large write: the mark that an earlier attempt left, and the wait until a new one is
 * durable. Must not know providers or the database. Made by worker.ts, used through the attempt.
 */
import type { AttemptOrder } from '../../src-shared/contract/worker-messages.ts';
import { readLostTries } from '../../src-shared/model/lost-tries.ts';
import type { UploadNote } from '../providers/provider.ts';
import { createWait } from './wait-for-house.ts';

export interface AttemptNote extends UploadNote {
  /** The main process made the mark durable. */
  confirm(): void;
}

/** The mark that an earlier attempt at this job left; null: it left none, or nobody knows what it left. */
export function largeWriteOf({ unfinishedUpload }: AttemptOrder): string | null {
  return unfinishedUpload === null || readLostTries(unfinishedUpload) !== null ? null : unfinishedUpload;
}

/**
 * `earlier` is the mark of a large write. `tell` asks the main process to note a mark. A mark that was begun is the
 * unfinished one for the next try.
 */
export function createUploadNote(
  earlier: string | null,
  tell: (mark: string) => void,
  signal: AbortSignal,
): AttemptNote {
  let unfinished = earlier;
  const answer = createWait(signal);

  return {
    get unfinished() {
      return unfinished;
    },
    async begun(mark) {
      await answer.after(() => tell(mark));
      unfinished = mark;
    },
    confirm: answer.confirm,
  };
}
