/**
 * Measures a plan of a million made-up keys at each end, through the whole house with real worker processes: how long
 * until it is ready, a page of its rows, handing it over; what it costs the main process in memory and in silence of
 * its event loop. Run as `npm run bench:plan`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { House } from '../src-main/api/house.ts';
import { startHouse } from '../src-main/compose.ts';
import { forkWorker } from '../src-main/node-ports/fork-worker.ts';
import { nodeClock } from '../src-main/node-ports/node-clock.ts';
import { nodeDisk } from '../src-main/node-ports/node-disk.ts';
import { nodeRng } from '../src-main/node-ports/node-rng.ts';
import { openProfile } from '../src-main/node-ports/profile-paths.ts';
import { createSessionSecrets } from '../src-main/node-ports/session-secrets.ts';
import type { Log } from '../src-main/ports.ts';
import { megabytes, ms, printFigures, watchLoop, watchMemory } from './figures.ts';

const KEYS = 1_000_000;
const LOOK_MS = 50;

const log: Log = { info() {}, warn: console.warn, error: console.error };
const folder = mkdtempSync(join(tmpdir(), 'transship-plan-'));
const house = await startHouse({
  clock: nodeClock,
  rng: nodeRng,
  log,
  telemetry: () => undefined,
  paths: openProfile(join(folder, 'profile')),
  secrets: createSessionSecrets('bench'),
  spawnWorker: forkWorker(join(import.meta.dirname, '../src-main/worker/worker-entry.ts'), log),
  disk: nodeDisk,
  desktop: null,
  door: 'headless',
  version: 'bench',
});
await house.call('engine.pause', {});
const memory = (container: string) => ({ accountId: 'memory', container, prefix: '' });
try {
  await measure(house, 'an empty destination', 'discard', true);
  await measure(house, 'as many keys at the destination', `synthetic:${KEYS - 1}:16384`, false);
} finally {
  await house.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function timed<T>(action: () => Promise<T>): Promise<{ readonly value: T; readonly tookMs: number }> {
  const startedMs = performance.now();
  const value = await action();
  return { value, tookMs: performance.now() - startedMs };
}

async function measure(of: House, title: string, destination: string, isRun: boolean): Promise<void> {
  const endMemory = watchMemory();
  const endWatch = watchLoop();
  let listedMs = 0;
  const made = await timed(async () => {
    const startedMs = performance.now();
    const { planId } = await of.call('plan.start', {
      source: memory(`synthetic:${KEYS}:16384`),
      destination: memory(destination),
    });
    for (;;) {
      const view = await of.call('plan.get', { planId });
      if (view.failure !== null) throw new Error(view.failure.message);
      if (listedMs === 0 && view.state !== 'listing') listedMs = performance.now() - startedMs;
      if (view.state === 'ready') return view;
      await sleep(LOOK_MS);
    }
  });
  const { id: planId, classes } = made.value;
  const largest = Object.entries(classes ?? {}).toSorted(([, one], [, other]) => other.assets - one.assets)[0];
  const name = (largest?.[0] ?? 'new') as 'new';
  if (largest?.[1].assets !== KEYS && !(largest?.[1].assets === KEYS - 1)) throw new Error('Keys were lost.');
  const page = await timed(() => of.call('plan.rows', { planId, class: name }));
  const search = await timed(() => of.call('plan.rows', { planId, class: name, search: '999999' }));
  const listingLoop = endWatch();
  const endRunWatch = watchLoop();
  const run = isRun ? await timed(() => of.call('plan.run', { planId })) : null;
  const runLoop = endRunWatch();
  const grownBytes = endMemory();
  printFigures(`A plan of ${KEYS.toLocaleString('en')} assets, ${title} (${name}: ${largest?.[1].assets})`, [
    ['both ends listed after', ms(listedMs)],
    ['ready after', ms(made.tookMs)],
    ['a page of rows', ms(page.tookMs)],
    ['a page of a search', ms(search.tookMs)],
    ['handed over in', run === null ? '–' : ms(run.tookMs)],
    ['scratch database', megabytes(statSync(join(folder, `profile/plans/plan-${planId}.sqlite`)).size)],
    ['main process and threads grew by', megabytes(grownBytes), 'as with a tenth of the keys'],
    ['event-loop delay until ready, p99', ms(listingLoop.p99Ms)],
    ['event-loop delay until ready, max', ms(listingLoop.maxMs), 'at most 50 ms'],
    ['event-loop delay while handing over, p99', ms(runLoop.p99Ms)],
    ['event-loop delay while handing over, max', ms(runLoop.maxMs), 'at most 50 ms'],
  ]);
  await of.call('plan.discard', { planId });
}
