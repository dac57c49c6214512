/**
 * Owns running another tool and what it cost. Must not know the tool. Used by vs-rclone.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Cost } from '../compare-costs.ts';

/** bash says what its child used: Node tells it of its own children only all together. */
const TIMED = 'TIMEFORMAT="cost %R %U %S"; time "$@"';

/** Throws with the tool's own words when it fails. */
export async function runPeer(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Cost> {
  const child = spawn('/bin/bash', ['-c', TIMED, 'bash', ...command], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [words, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number | null]>]);
  const [, wall, user, system] = /cost ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(words) ?? [];
  if (code !== 0 || wall === undefined) throw new Error(`${command.join(' ')} ended with ${code}: ${words.trim()}`);
  return { wallMs: Number(wall) * 1_000, cpuMs: (Number(user) + Number(system)) * 1_000, mainCpuMs: 0 };
}
