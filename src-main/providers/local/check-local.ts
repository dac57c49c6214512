/**
 * Owns the connection test of local disk: is the folder there, can it be listed and read, or written and tidied.
 * Leaves nothing behind. Called by local-provider.ts.
 */
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckedPlace, readingActions, writingActions } from '../check-actions.ts';
import { type CheckAction, type CheckFindings, runCheck } from '../check-steps.ts';
import type { Folders } from './folders.ts';
import { statFileSystem } from './fs-calls.ts';
import { assertLocalPrefix } from './local-key.ts';

export function checkLocal(place: CheckedPlace, folders: Folders, role: LocationRole): Promise<CheckReport> {
  const { container, prefix, signal } = place;
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  const name: CheckAction = {
    name: 'name',
    field: 'container',
    run: async () => {
      await folders.assertRootExists(container);
      assertLocalPrefix(prefix, process.platform);
    },
  };
  if (role === 'source') return runCheck([name, ...readingActions(place, findings)], findings, signal);
  // Straight in the folder: the prefix may name folders that are not there yet, and making them would leave them behind.
  const { actions, tidy } = writingActions({ ...place, prefix: '' }, findings);
  const space: CheckAction = {
    name: 'space',
    field: 'container',
    run: async () => {
      const { bavail, bsize } = await statFileSystem(container);
      findings.remarks.push(`${((bavail * bsize) / 1e9).toFixed(1)} GB free on this disk.`);
    },
  };
  return runCheck([name, ...actions, space], findings, signal, tidy);
}
