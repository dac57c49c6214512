/**
 * Measures one migration of 100,000 assets: how long until every job is pending, what it costs the main process in
 * memory and in silence of its event loop. Run as `npm run bench:submit-100k`.
 */
import { submitMigration } from '../src-main/engine/verbs/submit-migration.ts';
import { benchRequest, openBenchHouse } from './bench-coordinator.ts';
import { megabytes, ms, printFigures, watchLoop, watchMemory } from './figures.ts';

const ASSETS = 100_000;

const { coordinator, close } = await openBenchHouse(8, ASSETS);
await coordinator.call((desk) => desk.store.updateQueue('default', { paused: true }));
const endMemory = watchMemory();
const endWatch = watchLoop();
const startedMs = performance.now();
const { migrationId } = await coordinator.call((desk) => submitMigration(desk, benchRequest('submit')));
const acknowledgedMs = performance.now() - startedMs;
await new Promise<void>((resolve) => {
  const stop = coordinator.onCommitted(() => {
    if (coordinator.store.migration(migrationId)?.listing !== 'done') return;
    stop();
    resolve();
  });
});
const elapsedMs = performance.now() - startedMs;
const loop = endWatch();
const grownBytes = endMemory();
const pending = coordinator.store.migration(migrationId)?.counts.pending;
if (pending !== ASSETS) throw new Error(`${pending} of ${ASSETS} jobs are pending.`);
printFigures(`One migration of ${ASSETS.toLocaleString('en')} assets`, [
  ['acknowledged after', ms(acknowledgedMs)],
  ['all jobs pending after', ms(elapsedMs), 'at most 1,500 ms'],
  ['main process grew by', megabytes(grownBytes), 'at most 150 MB'],
  ['event-loop delay p99', ms(loop.p99Ms)],
  ['event-loop delay max', ms(loop.maxMs), 'at most 50 ms'],
]);
await close();
