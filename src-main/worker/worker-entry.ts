/**
 * Owns the worker process: its start, its signals and its end. Must not hold logic of transfers. Run by the supervisor
 * through `child_process.fork` or Electron's `utilityProcess`; built to out/main/worker.js.
 */
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { createProvider } from '../providers/registry.ts';
import { connectToParent } from './parent-link.ts';
import { createWorker } from './worker.ts';

/** EX_SOFTWARE of sysexits.h. */
const EXIT_CRASHED = 70;
/** Quit takes at most 5 s in all, and the supervisor has other workers to wait for. */
const SHUTDOWN_LIMIT_MS = 4_000;
/** An orphan is gone 2 s after its parent; half a second may pass before it notices. */
const ORPHAN_LIMIT_MS = 1_200;

function tell(line: string): void {
  try {
    writeSync(2, `${line.replaceAll('\n', ' | ')}\n`);
  } catch {
    // Nobody reads our stderr any more; there is no other place to say it.
  }
}

/** Leaves at once; what this process left behind is for its supervisor and the sweep. */
function crash(thrown: unknown): never {
  tell(`worker crashed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
  process.exit(EXIT_CRASHED);
}

// What comes from a socket is garbage a moment later, and 64 KiB of it hang on a few hundred bytes of the heap. Where the
// young part of the heap grows, they wait there until V8 marks the whole heap for their sake: 30 times for a GiB, for a
// third of all processor time and 70 MB. Both doors start a worker without flags, so it is said here.
setFlagsFromString('--semi-space-growth-factor=1');

// Electron only warns about an unhandled rejection in a utility process; a worker in doubt must not go on.
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

const parent = connectToParent();
const worker = createWorker({
  send: (message) => parent.send(message),
  warn: tell,
  createProviderFor: createProvider,
  onShutdown: () => leaveWithin(SHUTDOWN_LIMIT_MS),
});

/** Gives everything back, says so, and exits 0; crashes when that takes longer. */
function leaveWithin(limitMs: number): void {
  setTimeout(() => crash(new Error(`attempts did not end within ${limitMs} ms`)), limitMs);
  worker
    .stop()
    .then(() => parent.drain())
    .then(() => process.exit(0));
}

parent.onMessage((message) => worker.receive(message));
parent.onLost(() => leaveWithin(ORPHAN_LIMIT_MS));
process.on('SIGTERM', () => leaveWithin(SHUTDOWN_LIMIT_MS));
// Ctrl-C reaches the whole process group; the main process decides what it means and tells us.
process.on('SIGINT', () => {});
parent.send({ type: 'ready' });
