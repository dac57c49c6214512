/**
 * Owns writing one file so that a reader sees the old one or the whole new one, and a power cut after the end loses
 * nothing: temporary name in the same folder, bytes, time of change, fsync, read back and compare, publish. Called by
 * local-provider.ts, which makes the folder durable afterwards.
 *
 * The fsync before publishing is not optional: without it a power cut may leave the new name on an empty file.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fail } from '../../../src-shared/model/failure.ts';
import { countedChunks } from '../counted-body.ts';
import type { ReadThere, WriteBody, WriteOptions } from '../provider.ts';
import { fileVersion } from './asset-of-file.ts';
import { FileWriter } from './file-writer.ts';
import * as calls from './fs-calls.ts';
import { errorCode, fsFailure } from './fs-failure.ts';
import { isTemporaryName, temporaryName } from './local-key.ts';
import type { PinnedFolder } from './pinned-folder.ts';

const { O_RDWR, O_CREAT, O_EXCL } = fs.constants;
/** O_EXCL never opens what is there already, not even through a link. */
const CREATE_NEW = O_RDWR | O_CREAT | O_EXCL | (fs.constants.O_NOFOLLOW ?? 0);
/** What we made before is opened as it is, and never through a link. */
const OPEN_EARLIER = fs.constants.O_RDWR | (fs.constants.O_NOFOLLOW ?? 0);
const COMPARED_BYTES = 128 * 1024;
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
  try {
    const begun = await beginFile(folder, options);
    const temporary = folder.child(begun.name);
    try {
      const version = await fill(begun, body, options);
      options.signal.throwIfAborted();
      const shown = path.join(folder.path, name);
      await (options.onlyIfAbsent ? publishIfAbsent(temporary, final, shown) : publish(temporary, final, shown));
      return version;
    } catch (thrown) {
      if (options.note === null) await removeQuietly(temporary);
      throw thrown;
    }
  } catch (thrown) {
    throw fsFailure(thrown, `Could not write ${path.join(folder.path, name)}`);
  }
}

/** Removes what an unfinished write left. A name that no unfinished file has is nothing of ours. */
export async function removeUnfinished(folder: PinnedFolder, mark: string): Promise<void> {
  if (!isTemporaryName(mark)) return;
  await calls.unlink(folder.child(mark)).catch((thrown: unknown) => {
    if (errorCode(thrown) !== 'ENOENT') throw fsFailure(thrown, `Could not remove ${path.join(folder.path, mark)}`);
  });
}

interface BegunFile {
  readonly descriptor: number;
  readonly name: string;
  /** What an earlier try left in it, to be compared before it counts. */
  readonly thereBytes: number;
}

/** The file of an earlier try when it is still there, else a new one, noted before it is made. */
async function beginFile(folder: PinnedFolder, { note, token }: WriteOptions): Promise<BegunFile> {
  const earlier = note?.unfinished ?? null;
  if (earlier !== null && isTemporaryName(earlier)) {
    const descriptor = await calls.openFile(folder.child(earlier), OPEN_EARLIER).catch((thrown: unknown) => {
      if (errorCode(thrown) === 'ENOENT') return null;
      throw thrown;
    });
    if (descriptor !== null) {
      const stats = await calls.statOpenFile(descriptor);
      if (stats.isFile() && stats.nlink === 1) return { descriptor, name: earlier, thereBytes: stats.size };
      await calls.closeFile(descriptor);
    }
  }
  const name = temporaryName(token);
  await note?.begun(name);
  return { descriptor: await calls.openFile(folder.child(name), CREATE_NEW, FILE_MODE), name, thereBytes: 0 };
}

async function fill({ descriptor, thereBytes }: BegunFile, body: WriteBody, options: WriteOptions): Promise<string> {
  let writer: FileWriter | null = null;
  try {
    // Reading many gigabytes is no silence.
    const readEarlier = readerOf(descriptor, options.signal, () => options.onProgress(0));
    let at = thereBytes === 0 ? 0 : ((await body.passing?.goOn(readEarlier)) ?? 0);
    let isSame = thereBytes > 0 && body.passing === undefined;
    options.onProgress(isSame ? Math.min(thereBytes, body.sizeBytes) : at);
    for await (const chunk of countedChunks(body, options.signal, at)) {
      isSame &&= at + chunk.byteLength <= thereBytes && (await holds(readEarlier, at, chunk));
      if (!isSame) {
        writer ??= new FileWriter(descriptor, at);
        await writer.write(chunk);
      }
      at += chunk.byteLength;
      if (at > thereBytes || !isSame) options.onProgress(at);
    }
    await writer?.flush();
    if (thereBytes > body.sizeBytes) await calls.truncateFile(descriptor, body.sizeBytes);
    if (options.modifiedAtMs !== null) {
      const seconds = options.modifiedAtMs / 1_000;
      await calls.setFileTimes(descriptor, seconds, seconds);
    }
    await calls.syncFile(descriptor);
    const stats = await calls.statOpenFile(descriptor);
    if (stats.size !== body.sizeBytes) {
      fail('checksum-mismatch', `The new file has ${stats.size} bytes on disk, not ${body.sizeBytes}.`);
    }
    const readBack = readerOf(descriptor, options.signal, () => options.onProgress(body.sizeBytes));
    if (!(await holdsAll(readBack, body, options))) {
      fail('checksum-mismatch', 'The disk does not hold the bytes that were written to it.', {
        hint: 'The disk or its file system may be failing. Another attempt writes them again.',
      });
    }
    return fileVersion(stats);
  } finally {
    await writer?.settle();
    await calls.closeFile(descriptor);
  }
}

/** Reads into the same memory each time: fresh memory costs more than reading does. */
function readerOf(descriptor: number, signal: AbortSignal, onRead: () => void): ReadThere {
  let room = Buffer.alloc(0);
  return async (at, length) => {
    signal.throwIfAborted();
    onRead();
    if (room.byteLength < length) room = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await calls.readFile(descriptor, room, filled, length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return room.subarray(0, filled);
  };
}

/** Reads back what was written, while nobody else can see it yet: comparing costs a fraction of hashing. */
async function holdsAll(read: ReadThere, body: WriteBody, { signal }: WriteOptions): Promise<boolean> {
  if (body.passing !== undefined) return body.passing.areThere(read);
  let at = 0;
  for await (const chunk of countedChunks(body, signal)) {
    if (!(await holds(read, at, chunk))) return false;
    at += chunk.byteLength;
  }
  return true;
}

/** Reading is several times as fast as making a write durable, and bytes that survived a crash are not believed. */
async function holds(read: ReadThere, at: number, chunk: Uint8Array): Promise<boolean> {
  // In pieces, so that comparing what is large needs no large memory.
  for (let done = 0; done < chunk.byteLength; done += COMPARED_BYTES) {
    const piece = chunk.subarray(done, done + COMPARED_BYTES);
    const there = await read(at + done, piece.byteLength);
    if (Buffer.compare(there, piece) !== 0) return false;
  }
  return true;
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
