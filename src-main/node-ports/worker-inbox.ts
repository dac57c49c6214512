/**
 * Owns what a worker process said before anybody listened: its first messages and its end are kept, and its end is
 * told exactly once to each listener. Used by fork-worker.ts and electron/utility-worker.ts.
 */
import type { FromWorker } from '../../src-shared/contract/worker-messages.ts';
import type { WorkerProcess } from '../ports.ts';

type Exit = Parameters<Parameters<WorkerProcess['onExit']>[0]>[0];

export interface WorkerInbox extends Pick<WorkerProcess, 'onMessage' | 'onExit'> {
  deliver(message: FromWorker): void;
  /** Only the first end counts. */
  end(how: Exit): void;
}

export function createWorkerInbox(): WorkerInbox {
  const kept: FromWorker[] = [];
  const messageListeners: ((message: FromWorker) => void)[] = [];
  const exitListeners: ((how: Exit) => void)[] = [];
  let exit: Exit | null = null;
  return {
    deliver(message) {
      if (messageListeners.length === 0) kept.push(message);
      for (const listener of messageListeners) listener(message);
    },
    onMessage(listener) {
      messageListeners.push(listener);
      for (const message of kept.splice(0)) listener(message);
    },
    end(how) {
      if (exit !== null) return;
      exit = how;
      for (const listener of exitListeners.splice(0)) listener(how);
    },
    onExit(listener) {
      if (exit === null) exitListeners.push(listener);
      else listener(exit);
    },
  };
}
