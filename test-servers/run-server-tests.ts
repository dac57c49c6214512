/**
 * Owns `npm run test:servers` under Node 24: installs and starts real servers on loopback, runs the suites that need
 * them, stops the servers in every case. Where servers cannot be had it says "not run" and why, and that is no failure.
 * The last line is the totals. Called by scripts/test-servers.mjs. `-- --only WORD` runs the suites whose name has it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../scripts/build.ts';
import { runTool } from '../scripts/run-tool.ts';
import { addReports, NO_TESTS, readVitestReport, type TestReport, totalsLine } from '../scripts/test-reports.ts';
import { PEER_PACKAGES } from './peer/bucket-tool.ts';
import { runProviderSuites, SUITES } from './provider-suites.ts';
import type { RunningServer } from './servers/daemon.ts';
import { installPackages, whyNoServers } from './servers/debian-packages.ts';
import { SERVERS_VARIABLE } from './servers/running-servers.ts';

const root = resolve(import.meta.dirname, '..');
const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;

process.chdir(root);
// Some S3 tools use it even for plain HTTP, and fail.
delete process.env.AWS_CA_BUNDLE;

const reports: TestReport[] = [];
const started: RunningServer[] = [];
const state = mkdtempSync(join(tmpdir(), 'transship-servers-'));
try {
  await runEverything();
} finally {
  for (const server of started.toReversed()) {
    // One that cannot be stopped must not keep the others running.
    await server.stop().catch((error: unknown) => {
      console.error(`A server did not stop as it should: ${messageOf(error)}`);
      reports.push({ ...NO_TESTS, failed: 1 });
    });
  }
  rmSync(state, { recursive: true, force: true });
}
const all = addReports(reports);
for (const line of all.notRun) console.log(`not run: ${line}`);
for (const line of all.failures) console.log(`failed: ${line}`);
console.log(totalsLine(all));
process.exitCode = all.failed > 0 ? 1 : 0;

async function runEverything(): Promise<void> {
  const why = whyNoServers();
  if (why !== null) {
    for (const suite of SUITES) skip(`${suite} (${why})`);
    return;
  }
  await buildIfStale();
  if (!tryInstall('the tools that check the results', PEER_PACKAGES)) return;
  const servers = await runProviderSuites({ bringUp, run: runSuite, folder });
  const env = { [SERVERS_VARIABLE]: JSON.stringify(servers) };
  await runSuite('migrations between real servers', 'test-servers/migrate.servers.test.ts', env);
  await runSuite('migrations of every pair', 'test-servers/pairs.servers.test.ts', env);
  await runSuite('URL maps', 'test-servers/url-map.servers.test.ts', env);
}

function folder(name: string): string {
  return join(state, name);
}

async function bringUp<Server extends RunningServer>(
  name: string,
  packages: readonly string[] | (() => void),
  start: (home: string) => Promise<Server>,
): Promise<Server | null> {
  if (!tryInstall(name, packages)) return null;
  const startMs = performance.now();
  try {
    const home = folder(name.toLowerCase().replaceAll(' ', '-'));
    mkdirSync(home);
    const server = await start(home);
    started.push(server);
    console.log(`${name} is up after ${((performance.now() - startMs) / 1000).toFixed(1)} s.`);
    return server;
  } catch (error) {
    console.error(`${name} did not start: ${messageOf(error)}`);
    reports.push({ ...NO_TESTS, failed: 1 });
    return null;
  }
}

function tryInstall(name: string, packages: readonly string[] | (() => void)): boolean {
  try {
    if (typeof packages === 'function') packages();
    else installPackages(packages);
    return true;
  } catch (error) {
    skip(`what needs ${name} (${messageOf(error)})`);
    return false;
  }
}

async function runSuite(name: string, file: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (only !== undefined && !name.includes(only)) return;
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`);
  const output = join(state, `report-${reports.length}.json`);
  const tool = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [
    'run',
    '--config',
    'test-servers/vitest.config.ts',
    '--reporter=verbose',
    '--reporter=json',
    `--outputFile.json=${output}`,
  ];
  const { status, interrupted } = await runTool(process.execPath, [tool, ...args, file], { ...process.env, ...env });
  if (interrupted) throw new Error('Interrupted.');
  let report = NO_TESTS;
  try {
    report = readVitestReport(JSON.parse(readFileSync(output, 'utf8')));
  } catch (error) {
    console.error(`There is no report of this suite: ${messageOf(error)}`);
  }
  // A run that failed without a failed test broke down as a whole, and that is a failure too.
  const brokeDown = status !== 0 && report.failed === 0;
  reports.push(brokeDown ? { ...report, failed: 1, failures: [`${name}: broke down as a whole`] } : report);
}

function skip(what: string): void {
  reports.push({ ...NO_TESTS, skipped: 1, notRun: [what] });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
