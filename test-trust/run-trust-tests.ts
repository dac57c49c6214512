/**
 * Owns `npm run test:trust` under Node 24: the longer suites that show what is promised, with real processes and real
 * kills, the simulation over many seeds, and the mutants. Prints one table: guarantee, trials, worst case, failures.
 * `--quick` runs a tenth of it, `--suite NAME` one suite. Must not hide a suite that could not run. Called by
 * scripts/test-trust.mjs.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../scripts/build.ts';
import { runCancels } from './kills/cancels.ts';
import { runCoordinatorKills } from './kills/coordinator-kills.ts';
import { runDegradedPool } from './kills/degraded-pool.ts';
import { runFullDisk } from './kills/full-disk.ts';
import { runQuits, runRaces } from './kills/quits.ts';
import { runUpgrades } from './kills/upgrades.ts';
import { runWalSweep } from './kills/wal-sweep.ts';
import { runWorkerKills } from './kills/worker-kills.ts';
import { runProvenByTests } from './proven-by-tests.ts';
import { runMutants, runSeeds } from './simulated-trials.ts';
import { runCorruptions } from './transfers/corruptions.ts';
import { runExactlyOnce } from './transfers/exactly-once.ts';
import { runFullSpool } from './transfers/full-spool.ts';
import { runLargeCancels } from './transfers/large-cancels.ts';
import { runMemoryUse } from './transfers/memory-use.ts';
import { runMoves } from './transfers/moves.ts';
import { runResumes } from './transfers/resumes.ts';
import { runRivals } from './transfers/rivals.ts';
import { runWaits } from './transfers/waits.ts';
import { TrialTable } from './trial-table.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, suite: { type: 'string' } } });
const share = values.quick ? 0.1 : 1;
const times = (trials: number): number => Math.max(2, Math.round(trials * share));
const table = new TrialTable();

const SUITES: Readonly<Record<string, () => Promise<void>>> = {
  'coordinator-kills': () => runCoordinatorKills(table, times(60)),
  'worker-kills': () => runWorkerKills(table, { kills: times(60), stops: times(20), naps: times(10) }),
  quits: () => runQuits(table, times(40), times(20)),
  races: () => runRaces(table, times(30)),
  'degraded-pool': () => runDegradedPool(table, times(5)),
  cancels: () => runCancels(table, times(100)),
  'full-disk': () => runFullDisk(table, times(10)),
  corruptions: () => runCorruptions(table, times(10), times(200)),
  rivals: () => runRivals(table, times(100)),
  moves: () => runMoves(table, times(100)),
  'exactly-once': () => runExactlyOnce(table, times(50)),
  resumes: () => runResumes(table, times(30)),
  'large-cancels': () => runLargeCancels(table, times(30)),
  'full-spool': () => runFullSpool(table, times(5)),
  'memory-use': () => runMemoryUse(table, Math.round(4 * 1024 ** 3 * share)),
  waits: () => runWaits(table),
  'wal-sweep': () => runWalSweep(table, times(400), times(500)),
  upgrades: async () => runUpgrades(table),
  'proven-by-tests': async () => runProvenByTests(table),
  seeds: () => runSeeds(table, times(2_000)),
  mutants: () => runMutants(table),
};

process.chdir(root);
delete process.env.AWS_CA_BUNDLE;
if (values.suite !== undefined && !Object.hasOwn(SUITES, values.suite)) {
  throw new Error(`There is no suite "${values.suite}"; there are ${Object.keys(SUITES).join(', ')}.`);
}
await buildIfStale();
let broken = 0;
for (const [name, run] of Object.entries(SUITES)) {
  if (values.suite !== undefined && values.suite !== name) continue;
  const startedAtMs = performance.now();
  try {
    await run();
    console.log(`${name}: ended after ${Math.round((performance.now() - startedAtMs) / 1000)} s.`);
  } catch (error) {
    broken += 1;
    console.error(`${name} broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
table.print();
table.write(join(root, '.cache/reports/trust.json'));
console.log(`\n${table.failures} failures${broken > 0 ? `, ${broken} suites broke off` : ''}`);
process.exitCode = table.failures + broken > 0 ? 1 : 0;
