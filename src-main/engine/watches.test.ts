/** Proves what only time wakes: jobs that fall due, the room on the disk, workers that start slowly. */
import { describe, expect, it } from 'vitest';
import type { FromWorker } from '../../src-shared/contract/worker-messages.ts';
import { createManualClock } from '../node-ports/manual-clock.ts';
import type { Log } from '../ports.ts';
import type { Store } from '../store/store.ts';
import { createDueWatch } from './due-watch.ts';
import { createSpaceWatch } from './space-watch.ts';
import { createSupervisor } from './supervisor.ts';

const HOUR_MS = 3_600_000;
const QUIET: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a job that waits for an hour', () => {
  it('falls due within a minute of waking, when the machine slept and its timers stood still', async () => {
    const clock = createManualClock();
    const dueAtMs = clock.wallMs() + HOUR_MS;
    let sleptMs = 0;
    let released = 0;
    const store = {
      lastSnoozeMs: () => 0,
      queues: () => [{ counts: { scheduled: 1 } }],
      nextDueMs: () => dueAtMs,
      releaseDue: () => (released += 1),
    };
    const wall = { ...clock, wallMs: () => clock.wallMs() + sleptMs };
    const watch = createDueWatch(store as unknown as Store, wall, (verb) => verb());
    watch.look();
    await clock.advance(10_000);
    sleptMs = 8 * HOUR_MS;
    await clock.advance(60_000);
    expect(released).toBe(1);
    watch.stop();
  });
});

describe('the room on the disk', () => {
  it('is looked at once each time, also when an attempt reports during a look', async () => {
    const clock = createManualClock();
    let looks = 0;
    let answer: (bytes: number) => void = () => undefined;
    const watch = createSpaceWatch({
      clock,
      log: QUIET,
      folder: '',
      hasWork: () => true,
      spooledBytes: () => 0,
      onRoom: () => undefined,
      onChange: () => undefined,
      disk: {
        freeBytes() {
          looks += 1;
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      },
    });
    answer(1e12);
    await clock.settle();
    await clock.advance(5_000);
    watch.reportFull();
    answer(0);
    await clock.settle();
    await clock.advance(2_000);
    answer(0);
    await clock.settle();
    expect(looks).toBe(3);
    await clock.advance(2_000);
    expect(looks).toBe(4);
    watch.stop();
  });
});

describe('the pool', () => {
  function openPool(workers: number) {
    const clock = createManualClock();
    const born: { say(message: FromWorker): void; asked: number[]; killed: boolean; left: boolean }[] = [];
    const supervisor = createSupervisor({
      clock,
      log: QUIET,
      poolSize: { workers, attemptsPerWorker: 8 },
      spoolFolder: '',
      onEnd: () => undefined,
      onProgress: () => undefined,
      onUploadBegun: () => undefined,
      onApartSeen: () => undefined,
      onChange: () => undefined,
      async spawnWorker() {
        const worker = { say: (_: FromWorker): void => undefined, asked: [] as number[], killed: false, left: false };
        born.push(worker);
        let end: (how: { code: number | null; signal: string | null }) => void = () => undefined;
        return {
          pid: born.length,
          send(message) {
            if (message.type === 'list') worker.asked.push(message.requestId);
            if (message.type !== 'shutdown') return;
            worker.left = true;
            end({ code: 0, signal: null });
          },
          onMessage: (listener) => {
            worker.say = listener;
          },
          onExit: (listener) => {
            end = listener;
          },
          kill() {
            worker.killed = true;
            end({ code: null, signal: 'SIGTERM' });
          },
        };
      },
    });
    return { clock, born, supervisor };
  }

  it('that is made smaller while it starts has no more workers than it was told', async () => {
    const { clock, born, supervisor } = openPool(8);
    await supervisor.start();
    supervisor.resize({ workers: 2, attemptsPerWorker: 8 });
    for (const worker of born) worker.say({ type: 'ready' });
    await clock.settle();
    expect(supervisor.view().workers).toHaveLength(2);
    expect(born.filter(({ left }) => left)).toHaveLength(6);
    await supervisor.stop(0);
  });

  it('asks the worker for the next page that gave the last one, however busy it is', async () => {
    const { clock, born, supervisor } = openPool(2);
    await supervisor.start();
    const [first, second] = born;
    for (const worker of born) worker.say({ type: 'ready' });
    const account = { accountKey: 'a', provider: 's3', options: {}, secrets: {} };
    const list = async (container: string): Promise<void> => {
      void supervisor.list(account, { container, prefix: '', position: null, limit: 1 }).catch(() => undefined);
      await clock.settle();
    };
    await list('photos');
    await list('films');
    await list('films');
    expect([first?.asked, second?.asked]).toEqual([[1], [2, 3]]);
    second?.say({ type: 'page', requestId: 2, assets: [], position: null });
    second?.say({ type: 'page', requestId: 3, assets: [], position: null });
    await list('photos');
    expect([first?.asked, second?.asked]).toEqual([
      [1, 4],
      [2, 3],
    ]);
    await supervisor.stop(0);
  });

  it('waits for a worker that takes seconds to start, and ends one that never does', async () => {
    const { clock, born, supervisor } = openPool(1);
    await supervisor.start();
    await clock.advance(10_000);
    expect(born[0]?.killed).toBe(false);
    await clock.advance(10_000);
    expect(born[0]?.killed).toBe(true);
    await supervisor.stop(0);
  });
});
