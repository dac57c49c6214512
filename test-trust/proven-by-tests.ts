/**
 * Owns what unit tests prove of the guarantees, and what nobody has tried yet and why. Must not repeat what the kill
 * suites try. Called by run-trust-tests.ts.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TrialTable } from './trial-table.ts';

const ROOT = resolve(import.meta.dirname, '..');

const PROVEN: readonly { readonly guarantee: string; readonly what: string; readonly file: string }[] = [
  {
    guarantee: 'G10',
    what: 'the arrows against the real store, in random orders',
    file: 'src-main/store/sqlite/store-invariants.test.ts',
  },
  {
    guarantee: 'G17',
    what: 'damaged databases end in the newest sound backup',
    file: 'src-main/store/sqlite/open-or-restore.test.ts',
  },
  {
    guarantee: 'G20',
    what: 'schedules across daylight saving, zones and set clocks',
    file: 'src-main/engine/timetable.test.ts',
  },
  { guarantee: 'G20', what: 'runs that were missed, rule by rule', file: 'src-main/engine/schedule-runner.test.ts' },
  { guarantee: 'G21', what: 'back-off, Retry-After and strikes', file: 'src-main/engine/decisions.test.ts' },
];

const NOT_RUN: readonly (readonly [guarantee: string, what: string, why: string])[] = [
  ['G1', 'power cuts replayed block by block', 'needs a device that records writes; the cut log (G2) stands in'],
  ['G4', 'workers in a busy loop', 'a built worker cannot be made to spin from outside; SIGSTOP is the same silence'],
  [
    'G16',
    'EIO at the Nth fsync of the kernel',
    'needs fault injection below the process; the store throws SQLite’s own error instead',
  ],
  ['G19', 'jobs that were started before an upgrade go on after it', 'there is one schema so far'],
];

interface VitestReport {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export function runProvenByTests(table: TrialTable): void {
  const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  try {
    for (const { guarantee, what, file } of PROVEN) {
      const report = runTests(file, join(folder, 'report.json'));
      const failed = report.testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === 'failed');
      const failures = failed.map(({ fullName }) => fullName);
      table.add({ guarantee, what: `${what} (${file})`, trials: report.numTotalTests, worst: null, failures });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const [guarantee, what, why] of NOT_RUN) table.skip(guarantee, what, why);
}

function runTests(file: string, output: string): VitestReport {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  try {
    execFileSync(process.execPath, [vitest, 'run', file, '--reporter=json', `--outputFile=${output}`], {
      cwd: ROOT,
      stdio: 'ignore',
    });
  } catch {
    // Its report says what failed.
  }
  return JSON.parse(readFileSync(output, 'utf8')) as VitestReport;
}
