/**
 * Owns `npm run test:servers` under Node 24: installs and starts real servers on loopback, runs the suites that need
 * them, stops the servers in every case. Where servers cannot be had it says "not run" and why, and that is no failure.
 * The last line is the totals. Called by scripts/test-servers.mjs.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildIfStale } from '../scripts/build.ts';
import { runTool } from '../scripts/run-tool.ts';
import { addReports, NO_TESTS, readVitestReport, type TestReport, totalsLine } from '../scripts/test-reports.ts';
import { makeBucket, PEER_PACKAGES } from './peer/bucket-tool.ts';
import { CEPH_PACKAGES, startCephRgw } from './servers/ceph-rgw.ts';
import type { RunningServer } from './servers/daemon.ts';
import { installPackages, whyNoServers } from './servers/debian-packages.ts';
import { NGINX_PACKAGES, startNginx } from './servers/nginx.ts';
import { type RunningServers, SERVERS_VARIABLE } from './servers/running-servers.ts';
import type { S3Address } from './servers/s3-server.ts';
import { SWIFT_PACKAGES, startSwift } from './servers/swift.ts';
import { startVsftpd, VSFTPD_PACKAGES, type Vsftpd } from './servers/vsftpd.ts';

const root = resolve(import.meta.dirname, '..');
const CONFORMANCE = 'src-main/providers/s3/s3.servers.test.ts';
const MIGRATIONS = 'test-servers/migrate.servers.test.ts';

process.chdir(root);
// Some S3 tools use it even for plain HTTP, and fail.
delete process.env.AWS_CA_BUNDLE;

const reports: TestReport[] = [];
const started: RunningServer[] = [];
const state = mkdtempSync(join(tmpdir(), 'transship-servers-'));
try {
  await runEverything();
} finally {
  for (const server of started.toReversed()) await server.stop();
  rmSync(state, { recursive: true, force: true });
}
const all = addReports(reports);
for (const line of all.notRun) console.log(`not run: ${line}`);
console.log(totalsLine(all));
process.exitCode = all.failed > 0 ? 1 : 0;

async function runEverything(): Promise<void> {
  const why = whyNoServers();
  if (why !== null) {
    for (const suite of [
      'S3 provider on Ceph RGW',
      'S3 provider on Swift',
      'FTP provider on vsftpd',
      'migrations between real servers',
    ]) {
      skip(`${suite} (${why})`);
    }
    return;
  }
  await buildIfStale();
  if (!tryInstall('the tools that check the results', PEER_PACKAGES)) return;
  const folder = join(state, 'www');
  const nginx = await bringUp('nginx', NGINX_PACKAGES, (home) => startNginx(home, folder));
  const rgw = await bringUp('Ceph RGW', CEPH_PACKAGES, startCephRgw);
  const swift = await bringUp('Swift', SWIFT_PACKAGES, startSwift);
  await runConformance('Ceph RGW', rgw);
  await runConformance('Swift', swift);
  await runFtp(await bringUp('vsftpd', VSFTPD_PACKAGES, startVsftpd));
  const servers: RunningServers = { nginx: nginx && { ...nginx, folder }, rgw, swift };
  await runSuite('migrations between real servers', MIGRATIONS, { [SERVERS_VARIABLE]: JSON.stringify(servers) });
}

/** Installs and starts a server. null: it could not be installed here (not run), or did not start (a failure). */
async function bringUp<Server extends RunningServer>(
  name: string,
  packages: readonly string[],
  start: (home: string) => Promise<Server>,
): Promise<Server | null> {
  if (!tryInstall(name, packages)) return null;
  const startMs = performance.now();
  try {
    const home = join(state, name.toLowerCase().replaceAll(' ', '-'));
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

function tryInstall(name: string, packages: readonly string[]): boolean {
  try {
    installPackages(packages);
    return true;
  } catch (error) {
    skip(`what needs ${name} (${messageOf(error)})`);
    return false;
  }
}

async function runConformance(name: string, server: S3Address | null): Promise<void> {
  if (server === null) return;
  const bucket = 'conformance';
  await makeBucket(server, bucket);
  await runSuite(`S3 provider on ${name}`, CONFORMANCE, {
    TRANSSHIP_TEST_S3_ENDPOINT: server.endpoint,
    TRANSSHIP_TEST_S3_ACCESS_KEY: server.accessKey,
    TRANSSHIP_TEST_S3_SECRET_KEY: server.secretKey,
    TRANSSHIP_TEST_S3_BUCKET: bucket,
  });
}

async function runFtp(server: Vsftpd | null): Promise<void> {
  if (server === null) return;
  for (const security of ['none', 'explicit', 'implicit']) {
    await runSuite(`FTP provider on vsftpd (${security})`, 'src-main/providers/ftp/ftp.servers.test.ts', {
      TRANSSHIP_TEST_FTP_PORT: String(security === 'implicit' ? server.implicitPort : server.port),
      TRANSSHIP_TEST_FTP_SECURITY: security,
      TRANSSHIP_TEST_FTP_USER: server.user,
      TRANSSHIP_TEST_FTP_PASSWORD: server.password,
      TRANSSHIP_TEST_FTP_AUTHORITY: server.ca,
      TRANSSHIP_TEST_FTP_HOME: server.home,
    });
  }
}

async function runSuite(name: string, file: string, env: NodeJS.ProcessEnv): Promise<void> {
  console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}`);
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
  reports.push(status !== 0 && report.failed === 0 ? { ...report, failed: 1 } : report);
}

function skip(what: string): void {
  reports.push({ ...NO_TESTS, skipped: 1, notRun: [what] });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
