/**
 * Owns secrets where nothing safe is there to keep them: in memory, gone with the app. Must never touch the disk.
 * Used by electron/safe-storage-secrets.ts and by the headless door.
 */
import type { Secrets } from '../ports.ts';

/** `reason` says why nothing is kept, as a clause: "this system has no keyring". */
export function createSessionSecrets(reason: string): Secrets {
  const held = new Map<string, Readonly<Record<string, string>>>();
  return {
    label: `Only in memory until Transship ends, because ${reason}`,
    persistent: false,
    read: async (accountId) => held.get(accountId) ?? {},
    async write(accountId, secrets) {
      if (Object.keys(secrets).length === 0) held.delete(accountId);
      else held.set(accountId, { ...secrets });
    },
  };
}
