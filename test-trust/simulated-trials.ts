/**
 * Owns running the simulation over many seeds in processes of their own, and the mutants, and what that says about the
 * guarantees. Must not judge a seed (the invariants do). Called by run-trust-tests.ts.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { TrialTable } from './trial-table.ts';

interface SeedReport {
  readonly seeds: number;
  readonly events: number;
  readonly jobs: number;
  readonly twice: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly seed: number; readonly breaches: readonly string[] }[];
}

const PROCESSES = 2;

export async function runSeeds(table: TrialTable, seeds: number): Promise<void> {
  const share = Math.ceil(seeds / PROCESSES);
  const reports = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) => runShare(1 + index * share, share)),
  );
  const failures = reports.flatMap((report) =>
    report.failures.map(({ seed, breaches }) => `Seed ${seed}: ${breaches[0] ?? ''}`),
  );
  const met = (fault: string): number => reports.reduce((sum, { faults }) => sum + (faults[fault] ?? 0), 0);
  const sum = (read: (report: SeedReport) => number): number => reports.reduce((all, each) => all + read(each), 0);
  const ran = `simulated, ${sum((report) => report.seeds)} seeds`;
  const add = (guarantee: string, what: string, trials: number): void =>
    table.add({ guarantee, what: `${what} (${ran})`, trials, worst: null, failures });
  add('G1', 'nothing acknowledged is gone after a killed house', met('house-killed'));
  add('G5', 'words that come too late or twice change nothing', met('said-too-late') + met('said-twice'));
  add(
    'G10',
    'only legal arrows, ends are final, one attempt at a time, after each of so many events',
    sum(({ events }) => events),
  );
  add(
    'G11',
    'workers killed, stalled and stillborn; poisoned jobs are set aside',
    met('worker-killed') + met('worker-stillborn'),
  );
  add('G15', 'commits that found the disk full', met('store-disk-full'));
  add('G16', 'after a failed write nothing is acknowledged before the database was opened anew', met('store-io-error'));
  add('G20', 'clock jumps of an hour and a day, sleeps of eight hours', met('clock-jumped') + met('machine-slept'));
  add(
    'G21',
    'Retry-After never undercut, lasting failures never tried again, five strikes at most',
    met('rate-limited') + met('permanent') + met('retryable'),
  );
  add(
    'G25',
    'the same seed twice gives the same hash',
    sum(({ twice }) => twice),
  );
  add(
    'G27',
    'the counters of queues and migrations, recounted after every step',
    sum(({ seeds: count }) => count) * 140,
  );
}

export async function runMutants(table: TrialTable): Promise<void> {
  const output = await run('mutants/run-mutants.ts', []);
  const lines = output.trim().split('\n');
  const { mutants } = JSON.parse(lines.at(-1) ?? '{}') as { mutants: number };
  table.add({
    guarantee: 'G25',
    what: 'bugs put in on purpose are caught by the simulation',
    trials: mutants,
    worst: null,
    failures: lines.filter((line) => line.startsWith('SURVIVED')),
  });
}

async function runShare(from: number, seeds: number): Promise<SeedReport> {
  const output = await run('simulation/run-seeds.ts', ['--from', `${from}`, '--seeds', `${seeds}`]);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as SeedReport;
}

/** What it printed, whatever its exit code: that it found something stands in the output. */
function run(script: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [join(import.meta.dirname, script), ...args], options, (error, stdout, stderr) => {
      if (stdout.trim() === '') reject(error ?? new Error(`${script} said nothing: ${stderr}`));
      else resolve(stdout);
    });
  });
}
