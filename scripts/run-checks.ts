/**
 * Owns `npm test` under Node 24: every check in order, then a summary whose last line is the totals of all tests.
 * Must not stop at the first failure, nor call anything passed that did not run. Called by test.mjs; `--without-e2e`
 * leaves out what needs a browser (`npm run check`).
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installedElectron } from './electron-binary.ts';
import { findOrInstallChromium } from './install-chromium.ts';
import { runTool } from './run-tool.ts';
import { addReports, readPlaywrightReport, readVitestReport, type TestReport, totalsLine } from './test-reports.ts';

const root = resolve(import.meta.dirname, '..');
const reports = join(root, '.cache/reports');
const unitReport = join(reports, 'unit.json');
const e2eReport = join(reports, 'e2e.json');

interface Step {
  readonly name: string;
  /** A script below the root, and its arguments. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly readReport?: () => TestReport;
  /** The step makes no sense when that one failed. */
  readonly after?: string;
}

interface StepEnd {
  readonly name: string;
  readonly seconds: number;
  readonly result: 'passed' | 'FAILED' | 'not run';
  readonly report: TestReport | null;
}

const rooms = [
  'src-shared',
  'src-main',
  'src-preload',
  'src-renderer',
  'e2e',
  'bench',
  'scripts',
  'test-servers',
  'test-trust',
];
const STEPS: readonly Step[] = [
  { name: 'format and lint', script: 'node_modules/@biomejs/biome/bin/biome', args: ['check', '.'] },
  { name: 'types', script: 'scripts/check-types.ts', args: [] },
  {
    name: 'import rules',
    script: 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.cjs', ...rooms],
  },
  { name: 'house rules', script: 'scripts/check-house-rules.ts', args: [] },
  { name: 'unused code', script: 'node_modules/knip/bin/knip.js', args: [] },
  { name: 'build', script: 'scripts/build.ts', args: [] },
  {
    name: 'unit tests',
    script: 'node_modules/vitest/vitest.mjs',
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`],
    readReport: () => readVitestReport(JSON.parse(readFileSync(unitReport, 'utf8'))),
  },
  {
    name: 'e2e',
    script: 'node_modules/@playwright/test/cli.js',
    args: ['test'],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: e2eReport },
    readReport: () => readPlaywrightReport(JSON.parse(readFileSync(e2eReport, 'utf8'))),
    after: 'build',
  },
];

const withE2e = !process.argv.includes('--without-e2e');
process.chdir(root);
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const ends: StepEnd[] = [];
const chromium = await haveChromium();
for (const step of STEPS) {
  if (step.name === 'e2e' && !withE2e) continue;
  ends.push(await runStep(step));
}
process.exitCode = summarise();

/** Unit tests of the stand-in need a browser too. null: there is none, which is a failed step of its own. */
async function haveChromium(): Promise<string | null> {
  const startMs = performance.now();
  try {
    return await findOrInstallChromium(root);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    ends.push({ name: 'a Chromium', seconds: (performance.now() - startMs) / 1000, result: 'FAILED', report: null });
    return null;
  }
}

async function runStep(step: Step): Promise<StepEnd> {
  const { name, script, args, after, readReport } = step;
  const blocked =
    ends.some((end) => end.name === after && end.result !== 'passed') || (name === 'e2e' && chromium === null);
  if (blocked) return { name, seconds: 0, result: 'not run', report: null };
  console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}`);
  const startMs = performance.now();
  const env = { ...process.env, ...step.env, ...(chromium === null ? {} : { CHROMIUM_PATH: chromium }) };
  const { status, interrupted } = await runTool(process.execPath, [join(root, script), ...args], env);
  if (interrupted) process.exit(130);
  const report = readReport === undefined ? null : readOrNull(readReport);
  const passed = status === 0 && (readReport === undefined || (report !== null && report.failed === 0));
  return { name, seconds: (performance.now() - startMs) / 1000, result: passed ? 'passed' : 'FAILED', report };
}

/** A run that broke down before it could write its report has none; its step has failed anyhow. */
function readOrNull(read: () => TestReport): TestReport | null {
  try {
    return read();
  } catch (error) {
    console.error(`There is no report of this step: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** Prints what happened; returns the exit code. */
function summarise(): number {
  console.log(`\n── summary ${'─'.repeat(53)}`);
  for (const { name, seconds, result, report } of ends) {
    const tests = report === null ? '' : `  ${totalsLine(report)}`;
    console.log(`${name.padEnd(18)}${seconds.toFixed(1).padStart(7)} s  ${result}${tests}`);
  }
  const all = addReports(ends.flatMap(({ report }) => (report === null ? [] : [report])));
  for (const line of new Set(all.notRun)) console.log(`not run: ${line}`);
  for (const line of all.failures) console.log(`failed: ${line}`);
  if (withE2e) console.log(electronSentence());
  // A failed step that counts no tests (lint, types, a run that broke down) is a failure in the totals too.
  const bare = ends.filter(({ result, report }) => result !== 'passed' && (report?.failed ?? 0) === 0).length;
  console.log(totalsLine({ ...all, failed: all.failed + bare }));
  return all.failed + bare > 0 ? 1 : 0;
}

function electronSentence(): string {
  const binary = installedElectron(root);
  if (binary === null)
    return 'Electron: its binary is not installed here, so e2e ran the app under e2e/electron-standin.';
  return `Electron: e2e ran ${existsSync(join(binary.path, '..', 'version')) ? 'the real binary' : 'what ELECTRON_OVERRIDE_DIST_PATH names'} at ${binary.path}.`;
}
