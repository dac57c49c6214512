/**
 * Owns the last step of a write: the temporary file gets its name. Called by write-ftp.ts.
 *
 * Servers on Unix replace a file in one step. Where a server refuses to rename over one, the old file is set aside
 * first, and comes back when the second rename fails: for a moment between the two, readers find nothing there.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { WriteOptions } from '../provider.ts';
import { askFile, isFolder } from './ask-file.ts';
import type { FtpConnection } from './ftp-connection.ts';
import { isRefusal } from './ftp-failure.ts';
import { temporaryPath } from './ftp-key.ts';

export async function publish(
  connection: FtpConnection,
  temporary: string,
  path: string,
  { onlyIfAbsent, token }: Pick<WriteOptions, 'onlyIfAbsent' | 'token'>,
): Promise<void> {
  // FTP cannot refuse a name that is taken in one step: a moment stays between the look and the rename.
  if (onlyIfAbsent) await assertAbsent(connection, path);
  try {
    await rename(connection, temporary, path);
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    if (await isFolder(connection, path)) throwExists(path, 'A folder');
    if ((await askFile(connection, path)) === null) throw thrown;
    if (onlyIfAbsent) throwExists(path, 'Something');
    await replace(connection, temporary, path, temporaryPath(path, `${token}-old`));
  }
}

export async function assertAbsent(connection: FtpConnection, path: string): Promise<void> {
  if ((await askFile(connection, path)) !== null || (await isFolder(connection, path))) throwExists(path, 'Something');
}

async function replace(connection: FtpConnection, temporary: string, path: string, aside: string): Promise<void> {
  await rename(connection, path, aside);
  try {
    await rename(connection, temporary, path);
  } catch (thrown) {
    await rename(connection, aside, path);
    throw thrown;
  }
  await connection.ask(`DELE ${aside}`, () => true);
}

async function rename(connection: FtpConnection, from: string, to: string): Promise<void> {
  await connection.send(`RNFR ${from}`);
  await connection.send(`RNTO ${to}`);
}

function throwExists(path: string, what: string): never {
  return fail('already-exists', `${what} named ${path} is already there.`);
}
