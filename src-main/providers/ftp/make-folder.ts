/**
 * Owns making the folders above a file, never the container itself. Called by write-ftp.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { isFolder, throwNoContainer } from './ask-file.ts';
import type { FtpConnection } from './ftp-connection.ts';
import { pathOf } from './ftp-key.ts';

export async function makeFolder(connection: FtpConnection, container: string, folder: string): Promise<void> {
  if (await isFolder(connection, folder)) return;
  if (!(await isFolder(connection, container))) throwNoContainer(container);
  let path = container;
  for (const name of folder.slice(pathOf(container, '').length).split('/')) {
    path = pathOf(path, name);
    // Refused where it is there already; whether all are there is asked at the end.
    await connection.ask(`MKD ${path}`, () => true);
  }
  if (await isFolder(connection, folder)) return;
  fail('permission-denied', `The folder ${folder} cannot be made.`, {
    hint: 'Check what the user may do there, and that no file has the name of one of these folders.',
  });
}
