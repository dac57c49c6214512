/**
 * Owns worker processes under plain Node: one `child_process.fork` each. Must not restart them (the supervisor does).
 * Used by headless.ts, by tests and by benches; Electron has its own in electron/utility-worker.ts.
 */
import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FromWorker } from '../../src-shared/contract/worker-messages.ts';
import { FailureError, failure } from '../../src-shared/model/failure.ts';
import type { Log, SpawnWorker, WorkerProcess } from '../ports.ts';
import { workerEnvironment } from './worker-environment.ts';
import { createWorkerInbox } from './worker-inbox.ts';

/**
 * A spawner of workers that run `entry`: the built out/main/worker.js, or a .ts file where Node strips types. What a
 * worker prints goes to the log, line by line. Rejects with `unexpected` when the process could not start.
 */
export function forkWorker(entry: string, log: Log): SpawnWorker {
  return () =>
    new Promise<WorkerProcess>((resolve, reject) => {
      const child = fork(entry, [], {
        // Our own flags (a debugger, a loader) are no business of a worker.
        execArgv: [],
        env: workerEnvironment(process.env),
        // Structured clone keeps undefined, dates and binary as they are.
        serialization: 'advanced',
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      const inbox = createWorkerInbox();
      for (const stream of [child.stdout, child.stderr]) {
        if (stream)
          createInterface({ input: stream }).on('line', (line) => log.warn('worker', { pid: child.pid, line }));
      }
      child.on('message', (message) => inbox.deliver(message as FromWorker));
      child.on('exit', (code, signal) => inbox.end({ code, signal }));
      child.on('error', (error) => {
        if (child.pid === undefined) reject(notStarted(error));
        // A message that could not be sent: the pipe is broken and `exit` follows.
        else log.warn('worker', { pid: child.pid, error });
      });
      child.on('spawn', () => {
        const pid = child.pid;
        if (pid === undefined) return reject(notStarted(new Error('it has no process id')));
        resolve({
          pid,
          send: (message) => {
            if (child.connected) child.send(message);
          },
          onMessage: inbox.onMessage,
          onExit: inbox.onExit,
          kill: (signal) => void child.kill(signal),
        });
      });
    });
}

function notStarted(cause: Error): FailureError {
  return new FailureError(
    failure('unexpected', `A worker process could not be started: ${cause.message}.`, {
      hint: 'The system may be out of memory or processes.',
      retryable: true,
    }),
    { cause },
  );
}
