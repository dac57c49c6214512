/**
 * Owns the name of the bytes that a spool file holds: this asset, in this version and size, written since this machine
 * was started. After a power cut a file may have its length and not its bytes, so a spool of an earlier start is none.
 * Called by read-source.ts.
 */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { WorkerEnd } from '../../src-shared/contract/worker-messages.ts';
import type { AssetHead } from '../../src-shared/model/asset.ts';

/** Another at every start of the machine (random(4)). */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** Where there is none, the moment of the start: a clock that was set only costs reading the source again. */
const BOOT_ROUND_MS = 30_000;

let boot: string | null = null;

/**
 * 32 hex digits; null when the source has no versions, or weak ones, so that nobody could tell whether its bytes are
 * still the same.
 * `start` is empty for bytes that do not rest on this machine.
 */
export function fingerprintOf(
  { container, key }: WorkerEnd,
  head: AssetHead,
  start: string = machineStart(),
): string | null {
  if (head.versionToken === undefined || isWeak(head.versionToken)) return null;
  const named = JSON.stringify([start, container, key, head.sizeBytes, head.versionToken]);
  return hash('sha256', named).slice(0, 32);
}

/** Other bytes may have the same one: parts of an asset may not be put together by it (RFC 9110, section 13.1.5). */
function isWeak(versionToken: string): boolean {
  return versionToken.startsWith('W/');
}

function machineStart(): string {
  try {
    boot ??= readFileSync(BOOT_ID, 'utf8').trim();
  } catch {
    // Not Linux.
    boot ??= String(Math.round((Date.now() - uptime() * 1_000) / BOOT_ROUND_MS));
  }
  return boot;
}
