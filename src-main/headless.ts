/**
 * Owns the headless door: the same house on loopback, its page in a browser, in the order in which it starts. Must not
 * hold logic; each step is a file of headless/ or node-ports/. Started as out/main/headless.js.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type FailureCode, toFailure } from '../src-shared/model/failure.ts';
import { startHouse } from './compose.ts';
import { removeDoorFile, writeDoorFile } from './headless/door-file.ts';
import { createDoorKeys } from './headless/door-keys.ts';
import { openEncryptedSecrets, withEnvironment } from './headless/encrypted-secrets.ts';
import { type HttpDoor, type Mounted, openHttpDoor } from './headless/http-door.ts';
import { mountCalls } from './headless/mount-calls.ts';
import { mountGraphql } from './headless/mount-graphql.ts';
import { mountMetrics, startMetrics } from './headless/mount-metrics.ts';
import { openBrowser } from './headless/open-browser.ts';
import { type HeadlessFlags, readFlags, USAGE } from './headless/read-flags.ts';
import { doorTelemetry } from './node-ports/door-telemetry.ts';
import { forkWorker } from './node-ports/fork-worker.ts';
import { type JsonLog, openJsonLog } from './node-ports/json-log.ts';
import { nodeClock } from './node-ports/node-clock.ts';
import { nodeDisk } from './node-ports/node-disk.ts';
import { nodeRng } from './node-ports/node-rng.ts';
import { ownVersion } from './node-ports/own-version.ts';
import { listPageFiles } from './node-ports/page-files.ts';
import { openProfile, resolveProfile } from './node-ports/profile-paths.ts';
import { createSessionSecrets } from './node-ports/session-secrets.ts';
import type { Paths, Secrets } from './ports.ts';

/** 2: wrong flags; 3: the profile is in use; 70: sysexits.h's internal error; 1: what else a person can mend. */
const EXIT_CODES: Partial<Record<FailureCode, number>> = { 'already-exists': 3, unexpected: 70 };
/** The house promises 5 s, 10 s when workers must be killed. */
const HARD_STOP_MS = 10_000;

let log: JsonLog | null = null;

function giveUp(thrown: unknown, exitCode?: number): never {
  const { code, message, hint } = toFailure(thrown);
  log?.error('gave up', { code, message, error: thrown });
  log?.flush();
  process.stderr.write(`${[message, hint].filter((line) => line !== '').join('\n')}\n`);
  process.exit(exitCode ?? EXIT_CODES[code] ?? 1);
}

process.on('uncaughtException', (error) => giveUp(error, 70));
process.on('unhandledRejection', (reason) => giveUp(reason, 70));
// A reader that went away (`| head`) is no reason to stop moving assets.
process.stdout.on('error', () => {});

const flags = flagsOrExit();
if (flags.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
try {
  await begin(flags);
} catch (thrown) {
  giveUp(thrown);
}

function flagsOrExit(): HeadlessFlags {
  try {
    return readFlags(process.argv.slice(2));
  } catch (thrown) {
    return giveUp(thrown, 2);
  }
}

async function begin({ profile: argument, port, open, json, introspection }: HeadlessFlags): Promise<void> {
  const { env, platform } = process;
  const paths = openProfile(resolveProfile({ argument, env, platform, home: homedir(), cwd: process.cwd() }));
  log = openJsonLog(paths.profile);
  startMetrics();
  const house = await startHouse({
    clock: nodeClock,
    rng: nodeRng,
    disk: nodeDisk,
    log,
    telemetry: doorTelemetry(log, process.env),
    paths,
    secrets: openSecrets(paths),
    spawnWorker: forkWorker(beside('worker.js', 'worker/worker-entry.ts'), log),
    desktop: null,
    door: 'headless',
    version: ownVersion(),
  });
  const mounted = new Map<string, Mounted>([
    ['/metrics', mountMetrics(house)],
    ['/graphql', mountGraphql(house, log, { introspection })],
    ['/api/call', mountCalls(house)],
  ]);
  const keys = createDoorKeys(() => nodeClock.monotonicMs());
  const door = await openHttpDoor({ house, keys, log, files: listPageFiles(rendererFolder()), mounted }, port).catch(
    async (thrown: unknown) => {
      await house.stop();
      throw thrown;
    },
  );
  writeDoorFile(paths.profile, { address: door.address, token: keys.token, pid: process.pid });
  leaveInOrder(door, house.stop, paths);
  const address = `${door.address}/#code=${keys.newCode()}`;
  process.stdout.write(json ? `${JSON.stringify({ address })}\n` : `Transship is at ${address}\n`);
  if (open) await openBrowser(address, platform, env);
}

/** The first signal drains, the second ends at once. */
function leaveInOrder(door: HttpDoor, stop: () => Promise<void>, paths: Paths): void {
  let leaving = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (leaving) process.exit(1);
      leaving = true;
      setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
      void leave(door, stop, paths);
    });
  }
}

async function leave(door: HttpDoor, stop: () => Promise<void>, paths: Paths): Promise<void> {
  removeDoorFile(paths.profile);
  await door.close();
  await stop();
  log?.flush();
  process.exit(0);
}

function openSecrets(paths: Paths): Secrets {
  const passphrase = process.env.TRANSSHIP_PASSPHRASE;
  if (passphrase !== undefined && passphrase !== '') {
    return openEncryptedSecrets(paths.profile, passphrase, process.env);
  }
  return withEnvironment(createSessionSecrets('TRANSSHIP_PASSPHRASE is not set'), process.env);
}

function isSource(): boolean {
  return import.meta.url.endsWith('.ts');
}

/** Built, every entry lies beside this one; as source, each in its room. */
function beside(built: string, source: string): string {
  return join(import.meta.dirname, isSource() ? source : built);
}

function rendererFolder(): string {
  return join(import.meta.dirname, isSource() ? '../out/renderer' : '../renderer');
}
