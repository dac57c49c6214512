/**
 * Owns writing one file so that a reader sees the old one or the whole new one: temporary name in the same folder,
 * bytes, time of change, fsync, publish. Called by sftp-provider.ts.
 *
 * fsync@openssh.com puts the bytes on the disk of the server before the name; that the name survives a power cut is up
 * to its file system, the protocol cannot sync a folder.
 */
import { fail, toFailure } from '../../../src-shared/model/failure.ts';
import { countedChunks } from '../counted-body.ts';
import { isTemporaryName, temporaryName } from '../local/local-key.ts';
import type { UploadNote, WriteBody, WriteOptions } from '../provider.ts';
import { fileVersion } from './asset-of-stats.ts';
import { publishSftpFile } from './publish-sftp.ts';
import { childOf } from './remote-folders.ts';
import { sharedLength } from './resume-sftp.ts';
import { SendWindow } from './send-window.ts';
import { diskFull, STATUS, sftpFailure, statusOf } from './sftp-failure.ts';
import type { Handle, SftpSession } from './sftp-session.ts';

/** Less is sent anew sooner than it is compared; and a note is a write to our own database. */
const RESUMABLE_FROM_BYTES = 8 * 1024 * 1024;
/** Times of the protocol are unsigned seconds of 32 bits. */
const LAST_SECOND = 2 ** 32 - 1;

export interface FileToWrite {
  readonly session: SftpSession;
  /** Real path. */
  readonly folder: string;
  readonly name: string;
  readonly body: WriteBody;
  readonly options: WriteOptions;
  readonly keepsTimes: boolean;
  /** Removes a temporary file that a failed write left, by its path; over another connection if need be. */
  readonly tidy: (path: string) => Promise<void>;
}

/** Returns the version token of the new file. */
export async function writeSftpFile(file: FileToWrite): Promise<string> {
  const { session, folder, name, body, options } = file;
  const path = childOf(folder, name);
  const note = noteFor(body, options);
  const temporary = childOf(folder, note === null ? temporaryName(options.token) : note.mark);
  try {
    // Spares the way of the bytes; what decides is the last step.
    if (options.onlyIfAbsent && (await session.linkStat(path)) !== null) {
      fail('already-exists', `Something named ${path} is already there.`);
    }
    await note?.begin();
    const handle = await openTemporary(session, temporary, note !== null);
    try {
      const version = await fill(file, handle, temporary, note !== null);
      options.signal.throwIfAborted();
      await publishSftpFile(session, temporary, path, options.onlyIfAbsent);
      return version;
    } catch (thrown) {
      if (note === null || toFailure(thrown).code === 'already-exists') await file.tidy(temporary);
      throw thrown;
    }
  } catch (thrown) {
    throw await explain(file, thrown, `Could not write ${path}`);
  }
}

/** null: what fails is removed at once. */
function noteFor(body: WriteBody, { note, token }: WriteOptions) {
  if (note === null) return null;
  const known = knownMark(note);
  if (known === null && body.sizeBytes < RESUMABLE_FROM_BYTES) return null;
  const mark = known ?? temporaryName(token);
  return { mark, begin: () => note.begun(mark) };
}

/** A mark is a name in the folder of the key, and only one that no reader is shown. */
function knownMark({ unfinished }: UploadNote): string | null {
  return unfinished !== null && isMark(unfinished) ? unfinished : null;
}

export function isMark(mark: string): boolean {
  return isTemporaryName(mark) && !/[/\0\r\n]/.test(mark);
}

/** A new file never opens what is there already, not even through a link. */
async function openTemporary(session: SftpSession, path: string, mayBeThere: boolean): Promise<Handle> {
  const there = mayBeThere ? await session.linkStat(path) : null;
  if (there?.isFile() === true) return session.open(path, 'r+');
  return session.open(path, 'wx');
}

async function fill(file: FileToWrite, handle: Handle, temporary: string, mayHoldBytes: boolean): Promise<string> {
  const { session, body, options } = file;
  const { signal } = options;
  try {
    const kept = mayHoldBytes ? await keepShared(file, handle, temporary) : 0;
    const window = new SendWindow(session, handle, options.onProgress);
    try {
      let at = kept;
      for await (const chunk of countedChunks(restOf(body, kept), signal)) {
        await window.send(chunk, at, signal);
        at += chunk.byteLength;
      }
      await window.settle(signal);
    } finally {
      // Nothing may land in the file after somebody else goes on with it.
      await window.quiet();
    }
    return await finish(file, handle);
  } finally {
    await closeAfterWrite(session, handle);
  }
}

/** Cuts off what is not the beginning of the body, and says how much is left. */
async function keepShared({ session, body, options }: FileToWrite, handle: Handle, path: string): Promise<number> {
  const shared = await sharedLength(session, handle, path, body, options.signal);
  await session.setHandle(handle, { size: shared });
  if (shared > 0) options.onProgress(shared);
  return shared;
}

/** The body without its first bytes. */
function restOf(body: WriteBody, kept: number): WriteBody {
  if (kept === 0) return body;
  const { buffer, sizeBytes } = body;
  const isWhole = kept === sizeBytes;
  return {
    ...body,
    sizeBytes: sizeBytes - kept,
    buffer: isWhole ? new Uint8Array() : (buffer?.subarray(kept) ?? null),
    open: () => body.open({ first: kept, last: sizeBytes - 1 }),
  };
}

async function finish({ session, body, options, keepsTimes }: FileToWrite, handle: Handle): Promise<string> {
  const { modifiedAtMs } = options;
  if (keepsTimes && modifiedAtMs !== null) await setTime(session, handle, modifiedAtMs);
  try {
    await session.syncHandle(handle);
  } catch (thrown) {
    // Without the extension the server decides when bytes reach its disk; the connection test says so.
    if (statusOf(thrown) !== STATUS.unsupported) throw thrown;
  }
  const stats = await session.statHandle(handle);
  if (stats.size === body.sizeBytes) return fileVersion(stats);
  return fail('checksum-mismatch', `The new file has ${stats.size} bytes on the server, not ${body.sizeBytes}.`);
}

async function setTime(session: SftpSession, handle: Handle, modifiedAtMs: number): Promise<void> {
  const seconds = Math.floor(modifiedAtMs / 1_000);
  if (seconds < 0 || seconds > LAST_SECOND) return;
  try {
    await session.setHandle(handle, { atime: seconds, mtime: seconds });
  } catch (thrown) {
    throw sftpFailure(thrown, 'Could not set the time of change', {
      hint: 'Turn "Keep times of change" off for this account when the server refuses it on purpose.',
    });
  }
}

/** Some servers report only here that bytes could not be kept. */
async function closeAfterWrite(session: SftpSession, handle: Handle): Promise<void> {
  if (!session.isOver) await session.closeHandle(handle);
}

/** Servers have one status for a full disk and for everything else; how much is free can be asked. */
async function explain({ session, folder, body }: FileToWrite, thrown: unknown, deed: string): Promise<unknown> {
  if (statusOf(thrown) !== STATUS.failure) return sftpFailure(thrown, deed);
  const free = await session.freeBytes(folder);
  return free !== null && free < body.sizeBytes ? diskFull(deed) : sftpFailure(thrown, deed);
}
