/**
 * Owns the wiring: the only file that knows every room. Starts store → coordinator → api → workers and stops them in
 * reverse. Must not hold logic of its own. Called by the doors (main.ts, headless.ts), by tests and benches.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { HouseNews } from '../src-shared/model/health.ts';
import { isOpen } from '../src-shared/model/job-state.ts';
import { createHouse } from './api/create-house.ts';
import { createEvidenceLinks } from './api/evidence-links.ts';
import { createHandlers } from './api/handlers.ts';
import type { House } from './api/house.ts';
import { createCoordinator } from './engine/coordinator.ts';
import { createUpdateStream } from './engine/updates.ts';
import { addBuiltInSchedules } from './engine/verbs/keep-schedules.ts';
import { createPlans } from './plan/plans.ts';
import type { Log, Ports } from './ports.ts';
import { descriptors } from './providers/registry.ts';
import { openOrRestore, type Restoration } from './store/sqlite/open-or-restore.ts';
import { lockProfile } from './store/sqlite/profile-lock.ts';
import { acceptWebhook } from './worker/notices/accept-webhook.ts';
import type { SpoolFileName } from './worker/spool-name.ts';
import { sweepSpool } from './worker/sweep-spool.ts';

/** Transfers wait more than they compute: two processes keep two cores busy, and one survives the other's death. */
const MIN_POOL = 2;
const MAX_POOL = 8;
/** Left by a clean stop: without it the next start checks the whole database. */
const CLEAN_MARK = 'closed-cleanly';
/** Workers hand back what they run within this; with the kill after it a quit takes at most 5 s. */
const STOP_GRACE_MS = 3_000;

/** Opens the profile and starts the house. Rejects with FailureError when the profile cannot be owned or opened. */
export async function startHouse(ports: Ports): Promise<House> {
  const started = new AsyncDisposableStack();
  try {
    return await startParts(ports, started);
  } catch (error) {
    await stopParts(started, ports.log);
    throw error;
  }
}

/** Hands to `started` how each part is stopped as soon as it runs. */
async function startParts(ports: Ports, started: AsyncDisposableStack): Promise<House> {
  const { clock, log, paths } = ports;
  started.defer(lockProfile(join(paths.profile, 'profile.lock')));
  const cleanMark = join(paths.profile, CLEAN_MARK);
  const { store, restored } = openOrRestore(
    {
      database: paths.database,
      backups: join(paths.profile, 'backups'),
      historyThread: threadPath('history-thread', './store/sqlite/'),
    },
    clock.wallMs(),
    !existsSync(cleanMark) && existsSync(paths.database),
  );
  rmSync(cleanMark, { force: true });
  started.defer(async () => {
    await store.close();
    writeFileSync(cleanMark, '', { mode: 0o600 });
  });
  if (restored !== null) log.error('The database was damaged; it was set aside.', { ...restored });
  /** An attempt that is still to come may go on with what lies there. */
  const mayBeUsed = ({ jobId, fingerprint }: SpoolFileName): boolean => {
    const job = fingerprint === null ? null : store.jobRow(jobId);
    return job !== null && isOpen(job.state);
  };
  // The lock says that nobody runs attempts on this profile.
  const sweep = await sweepSpool(paths.spool, mayBeUsed);
  if (sweep.removed > 0 || sweep.failures.length > 0) log.info('The spool was swept.', { ...sweep });
  const coordinator = createCoordinator({
    store,
    clock,
    log,
    telemetry: ports.telemetry,
    rng: ports.rng,
    secrets: ports.secrets,
    spawnWorker: ports.spawnWorker,
    catalogue: descriptors(),
    disk: ports.disk,
    desktop: ports.desktop,
    defaultWorkers: Math.min(MAX_POOL, Math.max(MIN_POOL, availableParallelism())),
    spoolFolder: paths.spool,
    maintenance: {
      async sweep() {
        const { removed, failures } = await sweepSpool(
          paths.spool,
          (file) => coordinator.running.get(file.token) !== null || mayBeUsed(file),
        );
        if (failures.length > 0) log.warn('Some of the spool could not be swept.', { failures });
        return `${removed} left-over spool files were removed.`;
      },
      async backup() {
        const { path } = await store.backUp(join(paths.profile, 'backups'), clock.wallMs());
        return `The database was backed up and checked: ${basename(path)}.`;
      },
    },
  });
  started.defer(() => coordinator.stop(STOP_GRACE_MS));
  const updates = createUpdateStream(coordinator, clock);
  const links = createEvidenceLinks(clock);
  const plans = createPlans({
    coordinator,
    clock,
    rng: ports.rng,
    log,
    folder: join(paths.profile, 'plans'),
    threadPath: threadPath('plan-thread', './plan/'),
  });
  const handlers = createHandlers(coordinator, ports, acceptWebhook, links, plans);

  started.defer(() => plans.stop());
  started.defer(() => updates.stop());

  let stopped: Promise<void> | null = null;
  const house = createHouse({
    handlers,
    coordinator,
    updates,
    links,
    log,
    clock,
    telemetry: ports.telemetry,
    stop: () => (stopped ??= stopParts(started, log)),
  });
  await coordinator.call(({ store: desk }) => {
    addBuiltInSchedules(desk, clock.wallMs());
    if (restored !== null) desk.insertNews(restorationNews(restored));
  });
  await coordinator.start();
  return house;
}

/** In reverse; one that fails keeps no other from being stopped. Never rejects. */
async function stopParts(started: AsyncDisposableStack, log: Log): Promise<void> {
  try {
    await started.disposeAsync();
  } catch (error) {
    log.error('The house did not close cleanly.', { error: inspect(error) });
  }
}

function restorationNews({ damagedPath, backupAtMs }: Restoration): Omit<HouseNews, 'id' | 'atMs'> {
  const severity = 'warning';
  if (backupAtMs === null) {
    return {
      severity,
      message: 'The database was damaged and there was no sound backup: the profile begins anew.',
      hint: `The damaged file is kept as ${damagedPath}. Migrations must be asked for again; what is identical at the destination is skipped.`,
    };
  }
  return {
    severity,
    message: `The database was damaged. A backup of ${new Date(backupAtMs).toISOString()} took its place; what was done since is forgotten.`,
    hint: `The damaged file is kept as ${damagedPath}. What was asked for since must be asked for again; what is identical at the destination is skipped.`,
  };
}

/** As source it stands in its room, as built next to the bundle. */
function threadPath(name: string, room: string): string {
  const path = import.meta.url.endsWith('.ts') ? `${room}${name}.ts` : `./${name}.js`;
  return fileURLToPath(new URL(path, import.meta.url));
}
