/**
 * Owns the connection test of FTP: the folder's name, connection and TLS, login, and what the role needs. Leaves nothing
 * behind. Called by ftp-provider.ts.
 */
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckedPlace, readingActions, writingActions } from '../check-actions.ts';
import { type CheckAction, type CheckFindings, runCheck } from '../check-steps.ts';
import { FtpConnection } from './ftp-connection.ts';
import { assertPlace } from './ftp-key.ts';
import type { FtpSettings } from './ftp-settings.ts';

export async function checkFtp(place: CheckedPlace, settings: FtpSettings, role: LocationRole): Promise<CheckReport> {
  const { container, prefix, signal } = place;
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  let connection: FtpConnection | null = null;
  const steps: readonly CheckAction[] = [
    { name: 'name', field: 'container', run: () => assertPlace(container, prefix) },
    {
      name: 'connect',
      field: 'options.host',
      run: async () => {
        connection = await FtpConnection.greet(settings, signal);
      },
    },
    {
      name: 'sign',
      field: 'secrets.password',
      run: async () => {
        if (connection === null) return;
        await connection.login(signal);
        findings.remarks.push(...remarksOn(connection, role));
      },
    },
  ];
  const close = (): void => connection?.close();
  if (role === 'source') {
    return runCheck([...steps, ...readingActions(place, findings)], findings, signal, async () => close());
  }
  // Straight in the folder: the prefix may name folders that are not there yet, and making them would leave them behind.
  const { actions, tidy } = writingActions({ ...place, prefix: '' }, findings);
  return runCheck([...steps, ...actions], findings, signal, async () => {
    close();
    await tidy();
  });
}

function remarksOn(connection: FtpConnection, role: LocationRole): readonly string[] {
  const { security } = connection.settings;
  return [
    ...(security === 'none' ? ['Everything goes in the clear, the user name and the password too.'] : []),
    ...(role === 'source' && !connection.listsFacts
      ? ['The server lists in text only: sizes are known, times are asked for file by file.']
      : []),
    ...(connection.has('MDTM') ? [] : ['The server tells no times of change: only sizes show that a file changed.']),
  ];
}
