/**
 * Owns Electron's `app`: life from start to exit, the command line, paths, the list of open windows.
 * Must not know what a window is beyond that it can be closed. Part of electron-module.ts; run-app.ts makes it ready.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chromium, startChromium } from './chromium.ts';
import type { DevToolsPipe } from './devtools-pipe.ts';
import { ownInstance } from './single-instance.ts';
import { StrictEmitter, strict } from './strict.ts';

export interface AppDescription {
  readonly path: string;
  readonly name: string;
  readonly version: string;
}

/** What the app needs of a window to quit. `close` asks, and the window may stay. */
interface ClosableWindow {
  close(): void;
}

const EVENTS = [
  'ready',
  'before-quit',
  'will-quit',
  'quit',
  'window-all-closed',
  'web-contents-created',
  'second-instance',
];

// Read before Playwright's loader cuts it from the command line.
const withPort = process.argv.some((argument) => argument.startsWith('--remote-debugging-port'));
const switches = new Map<string, string>();
const windows = new Set<ClosableWindow>();
const paths = new Map<string, string>([
  ['home', homedir()],
  ['temp', tmpdir()],
  ['appData', join(homedir(), '.config')],
]);

let description: AppDescription | null = null;
let chromium: Chromium | null = null;
let ready = false;
let quitting = false;
let exiting = false;
let announceReady: () => void = () => {};
const readiness = new Promise<void>((resolve) => {
  announceReady = resolve;
});

class App extends StrictEmitter {
  readonly isPackaged = false;
  readonly commandLine = strict('app.commandLine', {
    appendSwitch: (name: string, value = '') => void switches.set(name, value),
    hasSwitch: (name: string) => switches.has(name),
    getSwitchValue: (name: string) => switches.get(name) ?? '',
  });

  constructor() {
    super('app', EVENTS);
  }

  whenReady(): Promise<void> {
    return readiness;
  }

  isReady(): boolean {
    return ready;
  }

  getName(): string {
    return described().name;
  }

  getVersion(): string {
    return described().version;
  }

  getAppPath(): string {
    return described().path;
  }

  getPath(name: string): string {
    const path = name === 'userData' ? userData() : paths.get(name);
    if (path === undefined) throw new Error(`The Electron stand-in does not know app.getPath("${name}").`);
    return path;
  }

  setPath(name: string, path: string): void {
    if (name !== 'userData') throw new Error(`The Electron stand-in does not know app.setPath("${name}").`);
    if (ready) throw new Error('userData must be set before the app is ready.');
    if (!existsSync(path)) throw new Error(`app.setPath: there is no folder ${path}.`);
    paths.set(name, path);
  }

  /** Chromium's own sandbox is on wherever it can be; there is nothing to switch. */
  enableSandbox(): void {
    if (ready) throw new Error('app.enableSandbox must be called before the app is ready.');
  }

  requestSingleInstanceLock(): boolean {
    mkdirSync(userData(), { recursive: true });
    return ownInstance(userData(), (argv, folder) => this.emit('second-instance', {}, argv, folder, undefined));
  }

  quit(): void {
    if (quitting || exiting || this.emitPreventable('before-quit')) return;
    quitting = true;
    for (const window of windows) window.close();
    if (windows.size === 0) finishQuit();
  }

  exit(code = 0): void {
    if (exiting) return;
    exiting = true;
    if (chromium === null) process.exit(code);
    void chromium.end().finally(() => process.exit(code));
  }
}

export const app = strict('app', new App());

/** Called once, before the app's code is loaded. */
export function describeApp(given: AppDescription): void {
  description = given;
}

/** Starts the browser, then tells the app. Called when the app's main module has loaded. */
export async function becomeReady(): Promise<void> {
  if (exiting) return;
  const asArguments = [...switches].map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`));
  chromium = await startChromium({
    userData: userData(),
    switches: asArguments,
    withPort,
    onLost: () => {
      process.stderr.write('The Electron stand-in lost its Chromium.\n');
      process.exit(1);
    },
  });
  ready = true;
  // In this order: Playwright's loader takes the event's arguments before it lets whenReady resolve.
  app.emit('ready', {});
  announceReady();
}

/** The conversation with the browser. Throws, naming the API, when the app is not ready. */
export function devToolsFor(api: string): DevToolsPipe {
  requireReady(api);
  if (chromium === null) throw new Error('Chromium is not running.');
  return chromium.pipe;
}

export function requireReady(api: string): void {
  if (!ready) throw new Error(`${api} cannot be used before the app is ready.`);
}

export function requireNotReady(api: string): void {
  if (ready) throw new Error(`${api} must be used before the app is ready.`);
}

export function addWindow(window: ClosableWindow): void {
  windows.add(window);
}

/** The window is gone; the last one takes the app along unless somebody listens. */
export function removeWindow(window: ClosableWindow): void {
  if (!windows.delete(window) || windows.size > 0 || exiting) return;
  if (quitting) finishQuit();
  else if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed');
  else app.quit();
}

/** A window refused to close. */
export function stopQuitting(): void {
  quitting = false;
}

function finishQuit(): void {
  if (app.emitPreventable('will-quit')) {
    quitting = false;
    return;
  }
  app.emit('quit', {}, 0);
  app.exit(0);
}

function described(): AppDescription {
  if (description === null) throw new Error('The app was not described yet.');
  return description;
}

function userData(): string {
  return paths.get('userData') ?? join(homedir(), '.config', described().name);
}

// Electron's own answer to these signals; listeners of the app come on top.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) app.quit();
  });
}
