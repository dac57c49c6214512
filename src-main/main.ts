/**
 * Owns the desktop door: Electron's main process, from the first line to the window, in the order in which it happens.
 * Must not hold logic; each step is a file of electron/ or node-ports/. Started by Electron as out/main/main.js.
 */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { app, safeStorage } from 'electron';
import type { House } from './api/house.ts';
import { startHouse } from './compose.ts';
import { setApplicationMenu } from './electron/application-menu.ts';
import { createBundleHandler } from './electron/bundle-handler.ts';
import { electronDesktop } from './electron/electron-desktop.ts';
import { giveUp } from './electron/give-up.ts';
import { type OpenWindow, openWindow } from './electron/open-window.ts';
import { quitInOrder } from './electron/quit-in-order.ts';
import { openSafeStorageSecrets } from './electron/safe-storage-secrets.ts';
import { secureApp } from './electron/secure-app.ts';
import { secureSession } from './electron/secure-session.ts';
import { utilityWorker } from './electron/utility-worker.ts';
import { doorTelemetry } from './node-ports/door-telemetry.ts';
import { type JsonLog, openJsonLog } from './node-ports/json-log.ts';
import { nodeClock } from './node-ports/node-clock.ts';
import { nodeDisk } from './node-ports/node-disk.ts';
import { nodeRng } from './node-ports/node-rng.ts';
import { openProfile, resolveProfile } from './node-ports/profile-paths.ts';
import type { Paths } from './ports.ts';

/** The bundles that `electron-vite build` made, beside this file. */
const BUNDLES = {
  worker: join(import.meta.dirname, 'worker.js'),
  preload: join(import.meta.dirname, '../preload/preload.cjs'),
  renderer: join(import.meta.dirname, '../renderer'),
};

let log: JsonLog | null = null;
let house: House | null = null;
let shown: OpenWindow | null = null;

secureApp();
try {
  begin();
} catch (thrown) {
  giveUp(thrown, log);
}

/** What must happen before Electron is ready, and synchronously. */
function begin(): void {
  const paths = openProfile(
    resolveProfile({
      argument: parseArgs({ options: { profile: { type: 'string' } }, strict: false }).values.profile?.toString(),
      env: process.env,
      platform: process.platform,
      home: homedir(),
      cwd: process.cwd(),
    }),
  );
  // Chromium's own files, and with them the lock that lets one window own a profile.
  const userData = join(paths.profile, 'window');
  mkdirSync(userData, { recursive: true, mode: 0o700 });
  app.setPath('userData', userData);
  if (!app.requestSingleInstanceLock()) {
    process.stderr.write('Transship is open already on this profile; its window was brought to the front.\n');
    app.exit(0);
    return;
  }
  log = openJsonLog(paths.profile);
  process.on('uncaughtException', (error) => giveUp(error, log));
  process.on('unhandledRejection', (reason) => giveUp(reason, log));
  process.on('exit', () => log?.flush());
  quitInOrder({ goodbye, stop: async () => house?.stop() }, nodeClock);
  app.on('second-instance', focusWindow);
  app.on('window-all-closed', () => app.quit());
  // Not awaited: Electron gets ready only once this module is loaded.
  const opened = log;
  app
    .whenReady()
    .then(() => enter(paths, opened))
    .catch((thrown: unknown) => giveUp(thrown, opened));
}

/** The house starts, and its window opens. */
async function enter(paths: Paths, log: JsonLog): Promise<void> {
  const devTools = !app.isPackaged;
  setApplicationMenu(process.platform, devTools);
  secureSession(createBundleHandler(BUNDLES.renderer));
  house = await startHouse({
    clock: nodeClock,
    rng: nodeRng,
    disk: nodeDisk,
    log,
    telemetry: doorTelemetry(log, process.env),
    paths,
    secrets: await openSafeStorageSecrets(paths.profile, safeStorage, process.platform),
    spawnWorker: utilityWorker(BUNDLES.worker, log),
    desktop: electronDesktop,
    door: 'electron',
    version: app.getVersion(),
  });
  shown = openWindow({ house, log, clock: nodeClock, profile: paths.profile, preload: BUNDLES.preload, devTools });
}

function focusWindow(): void {
  const window = shown?.window;
  if (!window || window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function goodbye(): void {
  shown?.farewell('Transship is closing.');
  if (shown && !shown.window.isDestroyed()) shown.window.hide();
}
