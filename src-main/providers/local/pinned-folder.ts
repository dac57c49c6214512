/**
 * Owns a folder that cannot be swapped for another while it is used: on Linux it is held open, and the names in it are
 * reached through the open folder, so a link put in its place a moment later leads nobody out of the root. Elsewhere
 * Node has no such calls; there the folder is judged by its real path just before it is used. Called by folders.ts.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fail } from '../../../src-shared/model/failure.ts';
import { closeFile, openFile, readLink, realPath } from './fs-calls.ts';

export interface PinnedFolder {
  /** The real path, for people and for fsync. */
  readonly path: string;
  /** Reaches a name in this very folder. Not for people. */
  child(name: string): string;
  /** False once the folder has been renamed, removed or swapped for another. */
  isInPlace(): Promise<boolean>;
  close(): Promise<void>;
}

/** Where Linux shows the open files of a process (proc(5)). */
const OPEN_FILES = '/proc/self/fd';
const canPin = process.platform === 'linux' && fs.existsSync(OPEN_FILES);

/** Throws `permission-denied` when the folder does not lie in the root, and the system's error when it is no folder. */
export async function pinFolder(root: string, folder: string): Promise<PinnedFolder> {
  if (!canPin) {
    const real = assertInside(root, await realPath(folder));
    return { ...rootFolder(real), isInPlace: async () => false };
  }
  const descriptor = await openFile(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  try {
    const open = `${OPEN_FILES}/${descriptor}`;
    const real = assertInside(root, await readLink(open));
    return {
      path: real,
      child: (name) => `${open}/${name}`,
      isInPlace: async () => (await readLink(open)) === real,
      close: () => closeFile(descriptor),
    };
  } catch (thrown) {
    await closeFile(descriptor);
    throw thrown;
  }
}

/** The root itself was chosen by the person; nothing above it needs to be held. */
export function rootFolder(root: string): PinnedFolder {
  return {
    path: root,
    child: (name) => path.join(root, name),
    isInPlace: async () => true,
    close: async () => undefined,
  };
}

function assertInside(root: string, folder: string): string {
  const rootWithSeparator = root.endsWith(path.sep) ? root : root + path.sep;
  if (folder === root || folder.startsWith(rootWithSeparator)) return folder;
  return fail('permission-denied', `A link below ${root} leads out of it, to ${folder}.`, {
    hint: 'Remove the link, or choose the folder that it points at.',
  });
}
