/**
 * Owns reading the folders of an SFTP server for a listing: what counts as a file, which names cannot be. Must not hold
 * a session between two folders, because a listing may rest for hours. Called by sftp-provider.ts.
 */
import type { FileEntryWithStats } from 'ssh2';
import type { Walk } from '../list-cursors.ts';
import { isTemporaryName } from '../local/local-key.ts';
import { listedFile } from './asset-of-stats.ts';
import { childOf } from './remote-folders.ts';
import type { SessionPool } from './session-pool.ts';
import { isMissing, STATUS, sftpFailure, statusOf } from './sftp-failure.ts';
import { assertListedName } from './sftp-key.ts';
import type { SftpSession } from './sftp-session.ts';
import { type TreeEntry, walkTree } from './walk-tree.ts';

/** About 30 MB with names, sizes and times. */
const MAX_HELD_ENTRIES = 100_000;

export interface ListedPlace {
  readonly pool: SessionPool;
  /** The real path of the container. */
  readonly root: string;
  readonly prefix: string;
  readonly after: string | null;
  readonly signal: () => AbortSignal;
}

/**
 * A folder that cannot be read ends the walk with its failure. Folders that vanish while walking are left out: they are
 * not there any more.
 */
export async function* walkSftp({ pool, root, prefix, after, signal }: ListedPlace): Walk {
  const startKey = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (!(await pool.use(signal(), (session) => isPlainFolderPath(session, root, startKey)))) return;
  yield* walkTree({
    prefix,
    after,
    maxHeldEntries: MAX_HELD_ENTRIES,
    vet: (folderKey, { name }) => assertListedName(childOf(root, folderKey), name.replace(/\/$/, '')),
    read: (folderKey) => readFolder(pool, root, folderKey, signal()),
  });
}

/** Links are not followed, so a prefix that goes through one has nothing below it. */
async function isPlainFolderPath(session: SftpSession, root: string, folderKey: string): Promise<boolean> {
  const paths = [...folderKey.matchAll(/\//g)].map(({ index }) => childOf(root, folderKey.slice(0, index)));
  try {
    const found = await Promise.all(paths.map((path) => session.linkStat(path)));
    return found.every((stats) => stats?.isDirectory() === true);
  } catch (thrown) {
    throw sftpFailure(thrown, `Could not look at ${childOf(root, folderKey)}`);
  }
}

async function* readFolder(
  pool: SessionPool,
  root: string,
  folderKey: string,
  signal: AbortSignal,
): AsyncGenerator<readonly TreeEntry[], void, void> {
  const folder = folderKey === '' ? root : childOf(root, folderKey.slice(0, -1));
  const { session, giveBack } = await pool.borrow(signal);
  try {
    const handle = await session.openFolder(folder);
    try {
      for (;;) {
        signal.throwIfAborted();
        const names = await session.readFolder(handle);
        const entries = await Promise.all(names.map((entry) => toEntry(session, folder, folderKey, entry)));
        yield entries.filter((entry) => entry !== null);
      }
    } catch (thrown) {
      if (statusOf(thrown) !== STATUS.eof) throw thrown;
    } finally {
      await session.closeHandle(handle);
    }
  } catch (thrown) {
    signal.throwIfAborted();
    if (folderKey === '' || !isMissing(thrown)) throw sftpFailure(thrown, `Could not list the folder ${folder}`);
  } finally {
    giveBack();
  }
}

/** null: it is neither a file nor a folder, or nobody is to see it. */
async function toEntry(
  session: SftpSession,
  folder: string,
  folderKey: string,
  { filename, attrs }: FileEntryWithStats,
): Promise<TreeEntry | null> {
  if (isTemporaryName(filename)) return null;
  const stats = isTold(attrs) ? attrs : await session.linkStat(childOf(folder, filename));
  if (stats === null || !(stats.isFile() || stats.isDirectory())) return null;
  if (stats.isDirectory()) return { kind: 'folder', name: `${filename}/` };
  return { kind: 'file', name: filename, asset: listedFile(folderKey + filename, stats) };
}

/** The protocol lets a server leave out what it likes. */
function isTold(attributes: Partial<FileEntryWithStats['attrs']>): boolean {
  return attributes.mode !== undefined && attributes.size !== undefined && attributes.mtime !== undefined;
}
