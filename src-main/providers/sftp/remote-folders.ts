/**
 * Owns the path from a container to the folder of a key: that it exists, and that it lies inside of the container. Must
 * not touch files. Called by sftp-provider.ts and write-sftp.ts.
 *
 * The protocol has no way to hold a folder open and name files in it. So a folder is judged by its real path just before
 * it is used, and then used by that real path: a link that is swapped in exactly between the two is not seen.
 */
import { FailureError, fail } from '../../../src-shared/model/failure.ts';
import { sftpFailure } from './sftp-failure.ts';
import { assertSftpContainer } from './sftp-key.ts';
import type { SftpSession } from './sftp-session.ts';

/** A root that is a link may point elsewhere by then, as in releases that are switched. Asking takes a round trip. */
const ROOT_LASTS_MS = 5_000;

export class RemoteFolders {
  readonly #realRoots = new Map<string, { readonly real: string; readonly askedAtMs: number }>();

  /** The real path of the root. Throws `not-found` or `invalid-input` with field "container". */
  async root(session: SftpSession, container: string): Promise<string> {
    const known = this.#realRoots.get(container);
    const askedAtMs = performance.now();
    if (known !== undefined && askedAtMs - known.askedAtMs < ROOT_LASTS_MS) return known.real;
    const real = await this.assertRootExists(session, container);
    this.#realRoots.set(container, { real, askedAtMs });
    return real;
  }

  /** Asks the server again: a root that is gone is another matter than a key that is not there. */
  async assertRootExists(session: SftpSession, container: string): Promise<string> {
    assertSftpContainer(container);
    try {
      const [stats, real] = await Promise.all([session.stat(container), session.realPath(container)]);
      if (stats === null) return throwNoRoot(container);
      if (stats.isDirectory()) return real;
    } catch (thrown) {
      throw sftpFailure(thrown, `Could not reach the folder ${container}`, { field: 'container' });
    }
    return fail('invalid-input', `${container} is not a folder.`, { field: 'container' });
  }

  /**
   * The real path of the folder that a key lies in; null when there is none. Throws `permission-denied` when a link on
   * the way leads out of the root.
   */
  async find(session: SftpSession, container: string, key: string): Promise<string | null> {
    const root = await this.root(session, container);
    const slash = key.lastIndexOf('/');
    if (slash < 0) return root;
    const folder = childOf(root, key.slice(0, slash));
    const [stats, real] = await Promise.all([
      session.stat(folder),
      // Some servers give no real path to what is not there, and some do; `stats` tells.
      session.realPath(folder).catch((thrown: unknown) => nullUnlessEnded(thrown)),
    ]);
    if (stats?.isDirectory() === true) return assertInside(root, real ?? throwNoRealPath(folder));
    if (stats === null) await this.assertRootExists(session, container);
    return null;
  }

  /** As `find`, but makes what is missing, step by step, so that nothing is made outside of the root. */
  async findOrMake(session: SftpSession, container: string, key: string): Promise<string> {
    const found = await this.find(session, container, key);
    if (found !== null) return found;
    const root = await this.root(session, container);
    let folder = root;
    for (const name of key.split('/').slice(0, -1)) {
      const next = childOf(folder, name);
      await makeFolder(session, next);
      folder = assertInside(root, await session.realPath(next));
    }
    return folder;
  }
}

export function childOf(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

/** Quiet when the folder is there, whoever made it. */
async function makeFolder(session: SftpSession, folder: string): Promise<void> {
  if (await isFolder(session, folder)) return;
  try {
    await session.makeFolder(folder);
  } catch (thrown) {
    // Servers have one status for all that fails; somebody may have made it at the same moment.
    if (thrown instanceof FailureError || !(await isFolder(session, folder))) {
      throw sftpFailure(thrown, `Could not make the folder ${folder}`);
    }
  }
}

async function isFolder(session: SftpSession, path: string): Promise<boolean> {
  const stats = await session.stat(path);
  if (stats === null || stats.isDirectory()) return stats !== null;
  return fail('name-invalid', `A file stands at ${path}, where a folder is needed.`, {
    hint: 'Rename one of the two.',
  });
}

function assertInside(root: string, folder: string): string {
  if (folder === root || folder.startsWith(childOf(root, ''))) return folder;
  return fail('permission-denied', `A link below ${root} leads out of it, to ${folder}.`, {
    hint: 'Remove the link, or choose the folder that it points at.',
  });
}

function nullUnlessEnded(thrown: unknown): null {
  if (thrown instanceof FailureError) throw thrown;
  return null;
}

function throwNoRealPath(folder: string): never {
  return fail('unsupported', `The server does not say where ${folder} really is.`, {
    hint: 'Without it, a link could lead out of the chosen folder, so nothing below it is used.',
  });
}

function throwNoRoot(container: string): never {
  return fail('not-found', `There is no folder ${container} on the server.`, {
    field: 'container',
    hint: 'Make the folder first, or choose another.',
  });
}
