/**
 * Owns one SFTP session: each request as a promise that always settles. Must not know keys or containers. Made by
 * connect-sftp.ts, kept by session-pool.ts.
 *
 * ssh2 answers no request that is sent after the connection broke, and drops those under way when only its channel ends;
 * so every promise that is still open is rejected here when the session ends. Rejections carry the server's status, or
 * are failures.
 */
import type { Socket } from 'node:net';
import type { Client, FileEntryWithStats, InputAttributes, SFTPWrapper, Stats } from 'ssh2';
import { FailureError, failure } from '../../../src-shared/model/failure.ts';
import { isMissing, STATUS, statusOf } from './sftp-failure.ts';

/** A server that does not hang up by itself is hung up on. */
const GOODBYE_MS = 1_000;

export type Handle = Buffer;
/** Sends a request that is answered with nothing but success or failure. */
type Order = (sftp: SFTPWrapper, done: (error?: Error | null) => void) => void;
type Done<Value> = (error: Error | null | undefined, value: Value) => void;

export class SftpSession {
  /** Those who use it now; their requests share what may be in flight. */
  users = 0;
  /** What the server turned out not to offer, as sentences for people. */
  readonly gaps = new Set<string>();
  readonly #client: Client;
  readonly #sftp: SFTPWrapper;
  readonly #socket: Socket;
  readonly #host: string;
  readonly #open = new Set<(reason: unknown) => void>();
  readonly #closed = Promise.withResolvers<void>();
  #end: FailureError | null = null;

  constructor(client: Client, sftp: SFTPWrapper, socket: Socket, host: string) {
    this.#client = client;
    this.#sftp = sftp;
    this.#socket = socket;
    this.#host = host;
    const broken = (error?: Error): void => this.destroy(error?.message ?? 'the server closed it');
    client.on('error', broken);
    sftp.on('error', broken);
    sftp.on('end', () => broken());
    sftp.on('close', () => broken());
    socket.once('close', () => {
      broken();
      this.#closed.resolve();
    });
  }

  /** Resolves when nothing of it is left. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get isOver(): boolean {
    return this.#end !== null;
  }

  /** Ends it at once; whoever waits is told. */
  destroy(reason: string): void {
    if (this.#end !== null) return;
    this.#end = new FailureError(failure('network', `The connection to ${this.#host} broke: ${reason}.`));
    for (const reject of this.#open) reject(this.#end);
    this.#open.clear();
    this.#socket.destroy();
  }

  /** Says goodbye. */
  async close(): Promise<void> {
    const limit = setTimeout(() => this.#socket.destroy(), GOODBYE_MS);
    this.#client.end();
    await this.closed;
    clearTimeout(limit);
  }

  open(path: string, flags: 'r' | 'r+' | 'wx'): Promise<Handle> {
    return this.#ask((sftp, done) => sftp.open(path, flags, done));
  }

  closeHandle(handle: Handle): Promise<void> {
    return this.#tell((sftp, done) => sftp.close(handle, done));
  }

  /** How many bytes came; 0 at the end of the file. */
  read(handle: Handle, into: Buffer, at: number): Promise<number> {
    return this.#ask((sftp, done) => sftp.read(handle, into, 0, into.byteLength, at, done));
  }

  write(handle: Handle, bytes: Buffer, at: number): Promise<void> {
    return this.#tell((sftp, done) => sftp.write(handle, bytes, 0, bytes.byteLength, at, done));
  }

  statHandle(handle: Handle): Promise<Stats> {
    return this.#ask((sftp, done) => sftp.fstat(handle, done));
  }

  setHandle(handle: Handle, attributes: InputAttributes): Promise<void> {
    return this.#tell((sftp, done) => sftp.fsetstat(handle, attributes, done));
  }

  /** Bytes on the disk of the server. Rejects with `unsupported` where the server does not offer it. */
  syncHandle(handle: Handle): Promise<void> {
    const gap =
      'The server does not say when bytes are on its disk (no fsync@openssh.com): a power cut may take new files.';
    return this.#noting(gap, (sftp, done) => sftp.ext_openssh_fsync(handle, done));
  }

  /** Links are followed. null: nothing is there. */
  stat(path: string): Promise<Stats | null> {
    return nullWhenMissing(this.#ask<Stats>((sftp, done) => sftp.stat(path, done)));
  }

  /** Links are not followed. null: nothing is there. */
  linkStat(path: string): Promise<Stats | null> {
    return nullWhenMissing(this.#ask<Stats>((sftp, done) => sftp.lstat(path, done)));
  }

  realPath(path: string): Promise<string> {
    return this.#ask((sftp, done) => sftp.realpath(path, done));
  }

  makeFolder(path: string): Promise<void> {
    return this.#tell((sftp, done) => sftp.mkdir(path, done));
  }

  openFolder(path: string): Promise<Handle> {
    return this.#ask((sftp, done) => sftp.opendir(path, done));
  }

  /** The next names of a folder; rejects with `eof` at its end. */
  readFolder(handle: Handle): Promise<readonly FileEntryWithStats[]> {
    return this.#ask((sftp, done) => sftp.readdir(handle, done));
  }

  unlink(path: string): Promise<void> {
    return this.#tell((sftp, done) => sftp.unlink(path, done));
  }

  /** Refuses a name that is taken, says the protocol; not every server does. */
  rename(from: string, to: string): Promise<void> {
    return this.#tell((sftp, done) => sftp.rename(from, to, done));
  }

  /** Puts one file in the place of another in one step. Rejects with `unsupported` where the server does not offer it. */
  replace(from: string, to: string): Promise<void> {
    const gap =
      'The server cannot replace a file in one step (no posix-rename@openssh.com): readers may find none meanwhile.';
    return this.#noting(gap, (sftp, done) => sftp.ext_openssh_rename(from, to, done));
  }

  /** A second name for a file; refuses one that is taken. Rejects with `unsupported` where it is not offered. */
  link(from: string, to: string): Promise<void> {
    const gap = 'The server has no hard links (no hardlink@openssh.com): new keys may not be kept apart.';
    return this.#noting(gap, (sftp, done) => sftp.ext_openssh_hardlink(from, to, done));
  }

  /** What the user may still write there. null: the server does not say. */
  async freeBytes(path: string): Promise<number | null> {
    try {
      const disk: unknown = await this.#ask((sftp, done) => sftp.ext_openssh_statvfs(path, done));
      if (typeof disk !== 'object' || disk === null || !('f_bavail' in disk) || !('f_frsize' in disk)) return null;
      return Number(disk.f_bavail) * Number(disk.f_frsize);
    } catch (thrown) {
      if (thrown instanceof FailureError) throw thrown;
      return null;
    }
  }

  async #noting(gap: string, send: Order): Promise<void> {
    try {
      await this.#tell(send);
    } catch (thrown) {
      if (statusOf(thrown) === STATUS.unsupported) this.gaps.add(gap);
      throw thrown;
    }
  }

  #tell(send: Order): Promise<void> {
    return this.#ask<void>((sftp, done) => send(sftp, (error) => done(error, undefined)));
  }

  #ask<Value>(send: (sftp: SFTPWrapper, done: Done<Value>) => void): Promise<Value> {
    if (this.#end !== null) return Promise.reject(this.#end);
    return new Promise<Value>((resolve, reject) => {
      this.#open.add(reject);
      const done: Done<Value> = (error, value) => {
        this.#open.delete(reject);
        if (!error) return resolve(value);
        if (statusOf(error) !== undefined) return reject(error);
        // Not the server's answer, but ssh2's word that there will be none.
        this.destroy(error.message);
        reject(this.#end);
      };
      try {
        send(this.#sftp, done);
      } catch (thrown) {
        this.#open.delete(reject);
        reject(isNotOffered(thrown) ? Object.assign(thrown, { code: STATUS.unsupported }) : thrown);
      }
    });
  }
}

/** ssh2 throws instead of asking when the server did not announce an extension. */
function isNotOffered(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.message.startsWith('Server does not support');
}

async function nullWhenMissing(asking: Promise<Stats>): Promise<Stats | null> {
  try {
    return await asking;
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}
