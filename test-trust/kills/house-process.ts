/**
 * Owns a real house as a process of its own: started, called, killed, stopped, and looked at from outside through /proc
 * and its database. Must not know what is tried with it. Used by the kill suites.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { type Call, callHouse } from '../../src-main/headless/call-house.ts';
import { readDoorFile } from '../../src-main/headless/door-file.ts';

const ENTRY = join(import.meta.dirname, '../../out/main/headless.js');

export interface HouseProcess {
  readonly pid: number;
  readonly profile: string;
  /** From the start of the process to the line that says where it listens. */
  readonly startedInMs: number;
  readonly call: Call;
  workerPids(): number[];
  /** SIGKILL; resolves when the process is gone. Its workers may live a moment longer. */
  kill(): Promise<void>;
  /** SIGTERM, as a person quits; how long it took and how it ended. */
  quit(): Promise<{ readonly tookMs: number; readonly code: number | null }>;
}

export class StartFailure extends Error {
  readonly code: number | null;

  constructor(code: number | null, said: string) {
    super(`The house ended with ${code} before it listened: ${said}`);
    this.code = code;
  }
}

/** Rejects with StartFailure when it ends before it listens. */
export async function startHouseProcess(
  profile: string,
  env: Readonly<Record<string, string>> = {},
): Promise<HouseProcess> {
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [ENTRY, '--profile', profile, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  await listening(child, exit);
  const startedInMs = performance.now() - startedAtMs;
  const pid = child.pid ?? 0;
  return {
    pid,
    profile,
    startedInMs,
    call: callHouse(readDoorFile(profile)),
    workerPids: () => childrenOf(pid),
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    async quit() {
      const askedAtMs = performance.now();
      child.kill('SIGTERM');
      const [code] = await exit;
      return { tookMs: performance.now() - askedAtMs, code };
    },
  };
}

async function listening(child: ChildProcess, exit: Promise<[number | null]>): Promise<void> {
  const said: string[] = [];
  child.stderr?.on('data', (data) => said.push(String(data)));
  if (child.stdout === null) throw new Error('The house has no output.');
  const lines = createInterface({ input: child.stdout });
  const [first] = await Promise.race([once(lines, 'line'), exit.then(([code]) => [code] as const)]);
  if (typeof first !== 'string') throw new StartFailure(first, said.join('').trim());
}

export function childrenOf(pid: number): number[] {
  const children: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent === pid) children.push(Number(name));
  }
  return children;
}

/** null: it is gone, or only its entry is left for the parent to read. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}

export function isAlive(pid: number): boolean {
  return parentOf(pid) !== null;
}

/** Resolves with the milliseconds until `holds`; rejects after `limitMs`. Looks again as soon as the loop allows. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs: number): Promise<number> {
  const startedAtMs = performance.now();
  for (;;) {
    if (await holds()) return performance.now() - startedAtMs;
    if (performance.now() - startedAtMs > limitMs) throw new Error(`After ${limitMs} ms: not ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** One question to the house's database from outside, whether or not the house runs. */
export function askDatabase(profile: string, sql: string, ...values: (string | number)[]) {
  const db = new DatabaseSync(join(profile, 'transship.sqlite'), { readOnly: true, timeout: 5_000 });
  try {
    return db.prepare(sql).all(...values);
  } finally {
    db.close();
  }
}
