/**
 * Owns questions about one path: size and time of a file, whether a folder is there. Throws what basic-ftp throws.
 * Called by the parts of FTP that read and write.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { FileFacts } from './asset-of-file.ts';
import type { FtpConnection } from './ftp-connection.ts';
import { maySayMissing } from './ftp-failure.ts';
import { parseFtpTime } from './ftp-time.ts';

/** null where no file is: nothing, or a folder. Servers do not always say which. */
export async function askFile(connection: FtpConnection, path: string): Promise<FileFacts | null> {
  const size = await connection.ask(`SIZE ${path}`, maySayMissing);
  if (size === null) return null;
  const sizeBytes = Number(/^213\s+(\d+)/.exec(size.message)?.[1]);
  if (!Number.isSafeInteger(sizeBytes)) fail('unsupported', `The server does not say the size of ${path}.`);
  return { sizeBytes, modifiedAtMs: await askTime(connection, path) };
}

/** null where the server does not tell. */
export async function askTime(connection: FtpConnection, path: string): Promise<number | null> {
  if (!connection.has('MDTM')) return null;
  const time = await connection.ask(`MDTM ${path}`, () => true);
  return time === null ? null : parseFtpTime(time.message.slice(4));
}

/** Goes there; relative commands then mean this folder. */
export async function isFolder(connection: FtpConnection, path: string): Promise<boolean> {
  return (await connection.ask(`CWD ${path}`, maySayMissing)) !== null;
}

export function throwNoContainer(container: string): never {
  return fail('not-found', `There is no folder ${container} on the server, or the user may not enter it.`, {
    field: 'container',
    hint: 'Check the path. Users often see only a part of the server.',
  });
}
