/**
 * Owns the line to the main process, whichever kind of child this is: `child_process.fork` or Electron's
 * `utilityProcess`. Must not read messages. Used by worker-entry.ts.
 */
import type { FromWorker } from '../../src-shared/contract/worker-messages.ts';

export interface ParentLink {
  send(message: FromWorker): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The main process is gone: it died or hung up. Called once. */
  onLost(listener: () => void): void;
  /** Resolves when everything sent has left this process. */
  drain(): Promise<void>;
}

/** Orphans have 2 s to notice and leave: four looks, and time to tidy up. */
const LOOK_FOR_PARENT_MS = 500;

/** What we need of Electron's `process.parentPort`; the type of that module is not known in this room. */
interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  postMessage(message: unknown): void;
}

/** Throws when this process is no child of ours. */
export function connectToParent(): ParentLink {
  const { parentPort } = process as NodeJS.Process & { readonly parentPort?: ParentPort };
  if (parentPort !== undefined) return linkToElectron(parentPort);
  if (process.send !== undefined) return linkToFork(process.send.bind(process));
  throw new Error('a worker is started by the app; it can not be run by hand');
}

function linkToElectron(port: ParentPort): ParentLink {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
    onLost: watchParentId,
    // postMessage writes to the pipe before it returns, and tells nobody. Were an answer lost here, its job would be
    // given back as by a lost worker.
    drain: () => Promise.resolve(),
  };
}

function linkToFork(send: NonNullable<typeof process.send>): ParentLink {
  let underway = 0;
  let onDrained: (() => void) | null = null;

  function sent(): void {
    underway -= 1;
    if (underway === 0) onDrained?.();
  }

  return {
    send(message) {
      underway += 1;
      // An error here is a closed channel, which `disconnect` tells; there is nobody left to tell it to.
      send(message, undefined, undefined, sent);
    },
    onMessage: (listener) => process.on('message', listener),
    onLost(listener) {
      let isLost = false;
      const once = (): void => {
        if (!isLost) listener();
        isLost = true;
      };
      process.once('disconnect', once);
      watchParentId(once);
    },
    drain: () =>
      new Promise((resolve) => {
        if (underway === 0) resolve();
        else onDrained = resolve;
      }),
  };
}

/** An orphan is given another parent. Holds for both kinds of child; on Windows, ids stay and `disconnect` tells. */
function watchParentId(onLost: () => void): void {
  const parentId = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parentId) return;
    clearInterval(timer);
    onLost();
  }, LOOK_FOR_PARENT_MS);
  timer.unref();
}
