/**
 * Owns worker processes under Electron: one `utilityProcess` each. Must not restart them (the supervisor does).
 * Lent to the house by main.ts; headless has its own in node-ports/fork-worker.ts.
 */
import { createInterface } from 'node:readline';
import { utilityProcess } from 'electron';
import type { FromWorker } from '../../src-shared/contract/worker-messages.ts';
import { FailureError, failure } from '../../src-shared/model/failure.ts';
import { workerEnvironment } from '../node-ports/worker-environment.ts';
import { createWorkerInbox } from '../node-ports/worker-inbox.ts';
import type { Log, SpawnWorker, WorkerProcess } from '../ports.ts';

/** A spawner of workers that run `entry`, the built out/main/worker.js. Rejects with `unexpected` when it cannot. */
export function utilityWorker(entry: string, log: Log): SpawnWorker {
  return () =>
    new Promise<WorkerProcess>((resolve, reject) => {
      const child = utilityProcess.fork(entry, [], {
        execArgv: [],
        env: workerEnvironment(process.env),
        stdio: 'pipe',
        serviceName: 'Transship worker',
      });
      const inbox = createWorkerInbox();
      let pid: number | undefined;
      for (const stream of [child.stdout, child.stderr]) {
        if (stream) createInterface({ input: stream }).on('line', (line) => log.warn('worker', { pid, line }));
      }
      child.on('message', (message: FromWorker) => inbox.deliver(message));
      child.on('error', (type, location) => log.error('worker', { pid, type, location }));
      child.on('exit', (code) => {
        // Electron tells a code only, also after a signal.
        inbox.end({ code, signal: null });
        if (pid === undefined) reject(notStarted(code));
      });
      child.on('spawn', () => {
        pid = child.pid;
        if (pid === undefined) return reject(notStarted(null));
        resolve({
          pid,
          send: (message) => child.postMessage(message),
          onMessage: inbox.onMessage,
          onExit: inbox.onExit,
          kill: (signal) => endProcess(child, signal, log),
        });
      });
    });
}

/** `UtilityProcess.kill` knows SIGTERM only; what ignores that is ended by its id, which is unset once it is gone. */
function endProcess(child: Electron.UtilityProcess, signal: 'SIGTERM' | 'SIGKILL', log: Log): void {
  if (child.pid === undefined) return;
  if (signal === 'SIGTERM') {
    child.kill();
    return;
  }
  try {
    process.kill(child.pid, 'SIGKILL');
  } catch (error) {
    // It ended between the question and the signal: `exit` is on its way.
    log.warn('worker', { pid: child.pid, error });
  }
}

function notStarted(code: number | null): FailureError {
  return new FailureError(
    failure('unexpected', `A worker process could not be started${code === null ? '' : ` (it ended with ${code})`}.`, {
      hint: 'The system may be out of memory or processes.',
      retryable: true,
    }),
  );
}
