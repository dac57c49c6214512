/**
 * Owns writing one file so that a reader sees the old one or the whole new one, and a power cut after the end loses
 * nothing: temporary name in the same folder, bytes, time of change, fsync, publish. Called by local-provider.ts, which
 * makes the folder durable afterwards.
 *
 * The fsync before publishing is not optional: without it a power cut may leave the new name on an empty file.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fail } from '../../../src-shared/model/failure.ts';
import { countedChunks } from '../counted-body.ts';
import type { WriteBody, WriteOptions } from '../provider.ts';
import { fileVersion } from './asset-of-file.ts';
import * as calls from './fs-calls.ts';
import { errorCode, fsFailure } from './fs-failure.ts';
import { temporaryName } from './local-key.ts';
import type { PinnedFolder } from './pinned-folder.ts';

const { O_WRONLY, O_CREAT, O_EXCL } = fs.constants;
/** O_EXCL never opens what is there already, not even through a link. */
const CREATE_NEW = O_WRONLY | O_CREAT | O_EXCL | (fs.constants.O_NOFOLLOW ?? 0);
/** Ordinary rights for new files, narrowed by the umask; rights of the source are never taken over. */
const FILE_MODE = 0o666;

/** Puts the body under `name` in the folder. Returns the version token of the new file. */
export async function writeLocalFile(
  folder: PinnedFolder,
  name: string,
  body: WriteBody,
  options: WriteOptions,
): Promise<string> {
  const final = folder.child(name);
  const temporary = folder.child(temporaryName(options.token));
  try {
    const descriptor = await calls.openFile(temporary, CREATE_NEW, FILE_MODE);
    try {
      const version = await fill(descriptor, body, options);
      options.signal.throwIfAborted();
      const shown = path.join(folder.path, name);
      await (options.onlyIfAbsent ? publishIfAbsent(temporary, final, shown) : publish(temporary, final, shown));
      return version;
    } catch (thrown) {
      await removeQuietly(temporary);
      throw thrown;
    }
  } catch (thrown) {
    throw fsFailure(thrown, `Could not write ${path.join(folder.path, name)}`);
  }
}

async function fill(descriptor: number, body: WriteBody, options: WriteOptions): Promise<string> {
  try {
    let written = 0;
    for await (const chunk of countedChunks(body, options.signal)) {
      for (let done = 0; done < chunk.byteLength; ) {
        const { bytesWritten } = await calls.writeFile(descriptor, chunk, done, chunk.byteLength - done, null);
        done += bytesWritten;
      }
      written += chunk.byteLength;
      options.onProgress(written);
    }
    if (options.modifiedAtMs !== null) {
      const seconds = options.modifiedAtMs / 1_000;
      await calls.setFileTimes(descriptor, seconds, seconds);
    }
    await calls.syncFile(descriptor);
    const stats = await calls.statOpenFile(descriptor);
    if (stats.size !== body.sizeBytes) {
      fail('checksum-mismatch', `The new file has ${stats.size} bytes on disk, not ${body.sizeBytes}.`);
    }
    return fileVersion(stats);
  } finally {
    await calls.closeFile(descriptor);
  }
}

async function publish(temporary: string, final: string, shown: string): Promise<void> {
  try {
    await calls.rename(temporary, final);
  } catch (thrown) {
    const stats = await calls.statPath(final).catch(() => null);
    if (stats?.isDirectory() === true) throwExists(shown, 'A folder');
    throw thrown;
  }
}

/** A hard link refuses a name that is taken, in one step. */
async function publishIfAbsent(temporary: string, final: string, shown: string): Promise<void> {
  try {
    await calls.link(temporary, final);
    await calls.unlink(temporary);
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === 'EEXIST') throwExists(shown, 'Something');
    if (code === undefined || !NO_HARD_LINKS.has(code)) throw thrown;
    // File systems without hard links (exFAT, some shares) leave a moment between the look and the rename.
    if ((await calls.statPath(final).catch(() => null)) !== null) throwExists(shown, 'Something');
    await calls.rename(temporary, final);
  }
}

const NO_HARD_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

function throwExists(shown: string, what: string): never {
  return fail('already-exists', `${what} named ${shown} is already there.`);
}

/** The failure that led here matters more than a temporary file that cannot be removed; listings never show those. */
async function removeQuietly(temporary: string): Promise<void> {
  await calls.unlink(temporary).catch(() => undefined);
}
