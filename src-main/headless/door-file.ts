/**
 * Owns door.json in the profile: where this house listens and the token for programs of the same user, 0600. Must not
 * be read by anyone who is not the owner. Written by headless.ts, read by cli.ts.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../../src-shared/model/failure.ts';

export interface DoorFile {
  readonly address: string;
  readonly token: string;
  readonly pid: number;
}

export function writeDoorFile(profile: string, door: DoorFile): void {
  const path = join(profile, 'door.json');
  const fresh = `${path}.${door.pid}`;
  // Never readable by others, not even for a moment, and never half there.
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(door)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(fresh, path);
}

export function removeDoorFile(profile: string): void {
  rmSync(join(profile, 'door.json'), { force: true });
}

/** Throws FailureError `not-found` when no house is open on the profile. */
export function readDoorFile(profile: string): DoorFile {
  const none = (): never =>
    fail('not-found', `No Transship is open on the profile ${profile}.`, {
      hint: 'Start one with `npm start -- --headless`, or name another with --profile.',
    });
  let text: string;
  try {
    text = readFileSync(join(profile, 'door.json'), 'utf8');
  } catch {
    return none();
  }
  const door: unknown = JSON.parse(text);
  if (typeof door !== 'object' || door === null) return none();
  const { address, token, pid } = door as Partial<DoorFile>;
  if (typeof address !== 'string' || typeof token !== 'string' || typeof pid !== 'number') return none();
  return { address, token, pid };
}
