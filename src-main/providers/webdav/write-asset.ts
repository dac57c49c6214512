/**
 * Owns writing an asset so that a reader never sees half of it: PUT under a temporary name in the same folder, a look at
 * its size, MOVE to its key. Called by webdav-provider.ts.
 *
 * Where something is replaced, RFC 4918 (section 9.9.3) has the server delete it before it moves; rclone does, and shows
 * nothing for a moment; Apache and nginx rename. A folder would be deleted with everything in it, so nothing is replaced
 * unseen.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { fail, toFailure } from '../../../src-shared/model/failure.ts';
import { countedChunks, throwWrongLength } from '../counted-body.ts';
import { temporaryName } from '../local/local-key.ts';
import type { WriteBody, WriteOptions, WriteResult } from '../provider.ts';
import { requestHeadersOf } from '../wire/response-headers.ts';
import { MadeFolders } from './made-folders.ts';
import { lookAt, type Resource } from './propfind.ts';
import { versionOf } from './resource-version.ts';
import type { RequestBody, WebdavClient } from './webdav-client.ts';
import { webdavFailure } from './webdav-failure.ts';
import { assetPath } from './webdav-settings.ts';

const BAD_GATEWAY = 502;
const STORED = [200, 201, 204];
/** What follows an aborted, failed or published write has a time of its own. */
const TIDY_TIMEOUT_MS = 3_000;
/** A server may come to a request only after its sender gave it up, and then keeps the half of it (rclone does). */
const LATE_TRIES = 4;
const LATE_PAUSE_MS = 100;

export class AssetWriter {
  readonly #client: WebdavClient;
  readonly #folders: MadeFolders;
  /** MOVE was seen to refuse a name that is taken; until then each name is looked at first. */
  #refusesTaken = false;
  #isTried = false;
  /** Seen once: what is moved keeps its time and ETag, as on Apache, nginx and rclone. */
  #movesKeepVersions = false;

  constructor(client: WebdavClient) {
    this.#client = client;
    this.#folders = new MadeFolders(client);
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    const { signal } = options;
    const client = this.#client;
    const path = assetPath(client.settings, container, key);
    const folder = await this.#folders.make(container, key.slice(0, key.lastIndexOf('/') + 1), signal);
    const temporary = folder + temporaryName(options.token);
    let stored: Resource | null = null;
    let isAnswered = false;
    try {
      await put(client, temporary, body, options).catch((thrown: unknown) => {
        if (toFailure(thrown).code === 'not-found') this.#folders.forget(folder);
        throw thrown;
      });
      isAnswered = true;
      stored = await lookAt(client, temporary, signal);
      if (stored?.sizeBytes !== body.sizeBytes) throwCut(path, stored?.sizeBytes, body.sizeBytes);
      if (!this.#refusesTaken) await assertReplaceable(client, path, options);
      await publish(client, temporary, path, options);
    } catch (thrown) {
      await removeTemporary(client, temporary, isAnswered ? 1 : LATE_TRIES);
      throw thrown;
    }
    // It is published, whatever becomes of this question; then its version is taken to be the one before the MOVE.
    const shown = await lookAt(client, path, AbortSignal.timeout(TIDY_TIMEOUT_MS)).catch(() => stored);
    if (shown === null) return throwVanished(path);
    const versionToken = versionOf(shown) ?? null;
    if (versionToken === (versionOf(stored) ?? null)) this.#movesKeepVersions = true;
    // Apache looks whether something is there a moment before it moves, so two may pass. The later one won.
    else if (options.onlyIfAbsent && (this.#movesKeepVersions || shown.sizeBytes !== body.sizeBytes)) throwExists(path);
    const isAnother = body.buffer !== null && (await this.#moveOnce(temporary, path, body, options));
    return { versionToken: isAnother ? null : versionToken, vouches: null };
  }

  /**
   * Once, a small asset is moved over itself: a server that does not refuse would take away what is there, folders too.
   * True: it did not, and the same bytes are there as another version.
   */
  async #moveOnce(temporary: string, path: string, body: WriteBody, options: WriteOptions): Promise<boolean> {
    if (this.#refusesTaken || this.#isTried) return false;
    this.#isTried = true;
    try {
      await put(this.#client, temporary, body, { ...options, onProgress: () => undefined });
      this.#refusesTaken = !(await move(this.#client, temporary, path, 'F'));
      if (!this.#refusesTaken) return true;
    } catch {
      // Not tried then, and names go on being looked at.
    }
    await removeTemporary(this.#client, temporary, 1);
    return false;
  }
}

/** Throws `already-exists` where a move that replaces would take away more than may go. */
async function assertReplaceable(
  client: WebdavClient,
  path: string,
  { onlyIfAbsent, signal }: WriteOptions,
): Promise<void> {
  const there = await lookAt(client, path, signal);
  if (there?.kind === 'folder') throwFolder(path);
  if (there !== null && onlyIfAbsent) throwExists(path);
}

async function put(client: WebdavClient, path: string, body: WriteBody, options: WriteOptions): Promise<void> {
  const { contentType } = options.headers;
  await client.ask({
    method: 'PUT',
    path,
    // Servers that keep a type at all take it from here; the others derive it from the name.
    headers: requestHeadersOf(contentType === undefined ? {} : { contentType }),
    body: requestBody(body, options),
    accepts: STORED,
    deed: `write ${path}`,
    signal: options.signal,
  });
  options.onProgress(body.sizeBytes);
}

async function publish(client: WebdavClient, from: string, to: string, options: WriteOptions): Promise<void> {
  options.signal.throwIfAborted();
  if (await move(client, from, to, 'F')) return;
  if (options.onlyIfAbsent) throwExists(to);
  const there = await lookAt(client, to, options.signal);
  if (there?.kind === 'folder') throwFolder(to);
  options.signal.throwIfAborted();
  if (await move(client, from, to, 'T')) return;
  throw webdavFailure(412, {}, client.settings.host, `replace ${to}`);
}

/**
 * False when something is there and `overwrite` is F. An abort does not interrupt it: nobody would know whether the asset
 * was published.
 */
async function move(client: WebdavClient, from: string, to: string, overwrite: 'T' | 'F'): Promise<boolean> {
  const { origin, host } = client.settings;
  const isSecured = origin.startsWith('https:');
  const deed = `publish ${to}`;
  const ask = (destination: string, accepts: readonly number[]): Promise<number> =>
    client.ask({
      method: 'MOVE',
      path: from,
      headers: { destination, overwrite },
      accepts: [...STORED, 412, ...accepts],
      deed,
      signal: new AbortController().signal,
    });
  // A whole address: servers that know RFC 2518 only take no path.
  const status = await ask(origin + to, isSecured ? [BAD_GATEWAY] : []);
  if (status !== BAD_GATEWAY) return status !== 412;
  // RFC 4918 §9.9.4: it takes the address for another server's. Apache does where a front before it ends TLS, because it
  // was asked by http itself. Nothing to move means that the gateway was bad after all, and the first one went through.
  const second = await ask(origin.replace('https:', 'http:') + to, [404]);
  if (second === 404) throw webdavFailure(BAD_GATEWAY, {}, host, deed);
  return second !== 412;
}

/** The failure that led here matters more than what cannot be removed; its name says what it is, and listings skip it. */
async function removeTemporary(client: WebdavClient, path: string, tries: number): Promise<void> {
  const signal = AbortSignal.timeout(TIDY_TIMEOUT_MS);
  const accepts = [...STORED, 404];
  const remove = () => client.ask({ method: 'DELETE', path, accepts, deed: `remove ${path}`, signal });
  try {
    for (let left = tries; (await remove()) === 404 && left > 1; left -= 1) await wait(LATE_PAUSE_MS);
  } catch {
    // See above.
  }
}

function requestBody(body: WriteBody, options: WriteOptions): RequestBody {
  const { buffer, sizeBytes } = body;
  if (buffer === null) return { sizeBytes, bytes: () => reported(body, options) };
  if (buffer.byteLength !== sizeBytes) throwWrongLength(buffer.byteLength, sizeBytes);
  return { sizeBytes, bytes: buffer };
}

async function* reported(body: WriteBody, options: WriteOptions): AsyncGenerator<Uint8Array, void, void> {
  let count = 0;
  for await (const chunk of countedChunks(body, options.signal)) {
    yield chunk;
    count += chunk.byteLength;
    options.onProgress(count);
  }
}

function throwExists(path: string): never {
  return fail('already-exists', `${path} is already there.`);
}

function throwFolder(path: string): never {
  return fail('already-exists', `A folder named ${path} is already there.`, { hint: 'Rename one of the two.' });
}

function throwCut(path: string, storedBytes: number | undefined, promisedBytes: number): never {
  return fail('checksum-mismatch', `The server kept ${storedBytes ?? 'no'} bytes of ${promisedBytes} for ${path}.`, {
    hint: 'Nothing was published. A proxy on the way may cut large assets.',
  });
}

function throwVanished(path: string): never {
  return fail('unexpected', `The server took ${path}, and has nothing there right after.`, {
    hint: 'Either somebody removed it, or the server stores this name in another form. Try another destination key.',
  });
}
