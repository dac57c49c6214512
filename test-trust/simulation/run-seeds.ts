/**
 * Owns running many seeds and saying what came of it as one line of JSON. Must not stop at the first breach, unless it
 * is told to. `node run-seeds.ts --seeds 2000 --from 1 [--stop-at-first]`; called by run-mutants.ts, run-trust-tests.ts
 * and by people.
 */
import { parseArgs } from 'node:util';
import { FAULTS, simulate } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    'stop-at-first': { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const first = Number(values.from);
const met = new Map<string, number>();
const failures: { readonly seed: number; readonly breaches: readonly string[] }[] = [];
let events = 0;
let jobs = 0;
let twice = 0;
/** One in so many is run twice: it must go the same way. */
const TWICE = 20;
let seeds = 0;
const startedAtMs = Date.now();
for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
  const result = await simulate(seed).catch((error: unknown) => ({
    breaches: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    trace: [],
    events: 0,
    jobs: 0,
    met: new Map<string, number>(),
  }));
  seeds += 1;
  events += result.events;
  jobs += result.jobs;
  for (const [fault, count] of result.met) met.set(fault, (met.get(fault) ?? 0) + count);
  if ('hash' in result && seed % TWICE === 0) {
    twice += 1;
    if ((await simulate(seed)).hash !== result.hash)
      failures.push({ seed, breaches: ['It went another way the second time.'] });
  }
  if (result.breaches.length > 0) {
    failures.push({ seed, breaches: result.breaches.slice(0, 5) });
    if (values.trace) console.error(result.trace.join('\n'));
    if (values['stop-at-first']) break;
  }
}
const faults = Object.fromEntries(FAULTS.map((fault) => [fault, met.get(fault) ?? 0]));
console.log(JSON.stringify({ seeds, events, jobs, twice, tookMs: Date.now() - startedAtMs, faults, failures }));
process.exitCode = failures.length > 0 ? 1 : 0;
