/**
 * Owns the browser process behind the windows: its start, its user data, its end. Must not know windows.
 * Started by app.ts when the app gets ready.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { findChromium } from '../find-chromium.ts';
import { DevToolsPipe } from './devtools-pipe.ts';

/** After this, what does not go by itself is ended. */
const PATIENCE_MS = 5_000;

export interface Chromium {
  readonly pipe: DevToolsPipe;
  /** Resolves when the process is gone. */
  end(): Promise<void>;
}

export interface ChromiumOptions {
  /** Electron's userData: Chromium's files go below it, so that local storage outlives the app. */
  readonly userData: string;
  /** `--name` or `--name=value`, as the app or Playwright appended them. */
  readonly switches: readonly string[];
  /** Playwright also wants to attach, over a port; Chromium's own line tells it where. */
  readonly withPort: boolean;
  /** Called when Chromium ends before it was asked to. */
  readonly onLost: () => void;
}

export async function startChromium({ userData, switches, withPort, onLost }: ChromiumOptions): Promise<Chromium> {
  const folder = join(userData, 'chromium');
  mkdirSync(folder, { recursive: true });
  await predecessorGone(folder);
  const child = spawn(
    findChromium(process.env),
    [
      // With a display or without: a run looks the same everywhere and opens nothing in front of a person.
      '--headless=new',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-startup-window',
      '--remote-debugging-pipe',
      ...(withPort ? ['--remote-debugging-port=0'] : []),
      `--user-data-dir=${folder}`,
      ...switches,
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  let ending = false;
  child.once('exit', () => {
    if (!ending) onLost();
  });
  const complaints = forwardDevToolsLine(child);
  const pipe = new DevToolsPipe(child.stdio[3] as Writable, child.stdio[4] as Readable);
  try {
    await pipe.send('Browser.getVersion');
  } catch {
    throw new Error(`Chromium did not start:\n${complaints.join('\n')}`);
  }
  return {
    pipe,
    async end() {
      ending = true;
      if (isGone(child)) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      pipe.send('Browser.close').catch(() => {});
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** Chromium's talk is noise but for the line that Playwright waits for. */
function forwardDevToolsLine(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.startsWith('DevTools listening on ')) process.stderr.write(`${line}\n`);
      else if (lines.push(line) > 20) lines.shift();
    });
  }
  return lines;
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * A Chromium whose app was killed takes a moment to notice. Started beside it on the same folder, a second one would
 * hand over to it and end. Its lock is a link to `host-pid`.
 */
async function predecessorGone(folder: string): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(20)) {
    const pid = lockHolder(folder);
    if (pid === null || !isAlive(pid)) return;
  }
  throw new Error(`Another Chromium keeps ${folder}.`);
}

function lockHolder(folder: string): number | null {
  try {
    return Number(/-(\d+)$/.exec(readlinkSync(join(folder, 'SingletonLock')))?.[1] ?? Number.NaN) || null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
