/**
 * Owns one server process: started in the foreground, watched until it answers, stopped by its own pid in every case.
 * Must not know any server. Called by the files beside it.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A server that does not end within this after SIGTERM is killed. */
const STOP_MS = 10_000;
const POLL_MS = 50;

export interface Daemon {
  readonly name: string;
  /** null while it runs. */
  ended(): string | null;
  /** The last lines that it wrote. */
  log(): string;
  stop(): Promise<void>;
}

/** Servers that were started together, in order. */
export interface RunningServer {
  stop(): Promise<void>;
}

/**
 * Starts a program that stays in the foreground; its output goes to a file in `folder`. The kernel kills it when we
 * die without saying goodbye (setpriv), so nothing is ever left behind.
 */
export function startDaemon(name: string, command: readonly string[], folder: string): Daemon {
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], { stdio: ['ignore', log, log], cwd: folder });
  closeSync(log);
  let how: string | null = null;
  const exit = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      how = `ended with ${signal ?? `exit code ${code}`}`;
      resolve();
    });
    child.once('error', (error) => {
      how = error.message;
      resolve();
    });
  });
  return {
    name,
    ended: () => how,
    log: () => readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n'),
    async stop() {
      if (how !== null) return;
      child.kill('SIGTERM');
      await Promise.race([exit, wait(STOP_MS, undefined, { ref: false })]);
      if (how === null) child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Waits until the condition holds. Throws with the daemon's last words when it ended, or after `timeoutMs`. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { daemon, timeoutMs }: { readonly daemon: Daemon; readonly timeoutMs: number },
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await condition())) {
    const ended = daemon.ended();
    if (ended !== null) throw new Error(`${daemon.name} ${ended} before ${what}:\n${daemon.log()}`);
    if (performance.now() > endMs)
      throw new Error(`${daemon.name}: ${what} took over ${timeoutMs} ms:\n${daemon.log()}`);
    await wait(POLL_MS);
  }
}

/** True when something answers HTTP there, whatever it says. */
export async function answersHttp(address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return true;
  } catch {
    // Not up yet; the caller asks again.
    return false;
  }
}

/** Ports of 127.0.0.1 that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => resolve(server));
      });
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('A TCP server has no port.');
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Stops in the reverse order of the start. */
export async function stopAll(daemons: readonly Daemon[]): Promise<void> {
  for (const daemon of daemons.toReversed()) await daemon.stop();
}
