/**
 * Owns the connection test of a WebDAV folder: name, connection, sign-in, and what the role needs. Leaves nothing
 * behind. Called by webdav-provider.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckedPlace, readingActions, writingActions } from '../check-actions.ts';
import { type CheckAction, type CheckFindings, runCheck } from '../check-steps.ts';
import { lookAt } from './propfind.ts';
import { throwNoContainer } from './walk-folders.ts';
import type { WebdavClient } from './webdav-client.ts';
import { assertWebdavPrefix } from './webdav-key.ts';
import { folderPath } from './webdav-settings.ts';

export function checkWebdav(place: CheckedPlace, client: WebdavClient, role: LocationRole): Promise<CheckReport> {
  const { container, prefix, signal } = place;
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  const steps: readonly CheckAction[] = [
    {
      name: 'name',
      field: 'container',
      run: () => {
        folderPath(client.settings, container, '');
        assertWebdavPrefix(prefix);
      },
    },
    { name: 'connect', field: 'options.address', run: () => client.reach(signal) },
    {
      name: 'sign',
      field: 'container',
      run: async () => {
        if (client.settings.showsPassword) {
          findings.remarks.push('The address begins with http://, so whoever is on the way can read the password.');
        }
        const path = folderPath(client.settings, container, '');
        const resource = (await lookAt(client, path, signal)) ?? throwNoContainer(client, path);
        if (resource.kind === 'file') fail('invalid-input', `${path} is a file, not a folder.`);
      },
    },
  ];
  if (role === 'source') return runCheck([...steps, ...readingActions(place, findings)], findings, signal);
  // Straight in the folder: the prefix may name folders that are not there yet, and making them would leave them behind.
  const { actions, tidy } = writingActions({ ...place, prefix: '' }, findings);
  return runCheck([...steps, ...actions], findings, signal, tidy);
}
