/**
 * Owns writing an asset so that a reader never sees half of it: PUT under a temporary name in the same folder, a look at
 * its size, MOVE to its key. Called by webdav-provider.ts.
 *
 * Where something is replaced, RFC 4918 (section 9.9.3) has the server delete it before it moves; so Apache and rclone
 * show nothing for a moment. A folder would be deleted with everything in it, so nothing is replaced unseen.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { fail, toFailure } from '../../../src-shared/model/failure.ts';
import { countedChunks, throwWrongLength } from '../counted-body.ts';
import { temporaryName } from '../local/local-key.ts';
import type { WriteBody, WriteOptions, WriteResult } from '../provider.ts';
import { requestHeadersOf } from '../wire/response-headers.ts';
import type { MadeFolders } from './made-folders.ts';
import { lookAt } from './propfind.ts';
import { versionOf } from './resource-version.ts';
import type { RequestBody, WebdavClient } from './webdav-client.ts';
import { webdavFailure } from './webdav-failure.ts';
import { assetPath } from './webdav-settings.ts';

const STORED = [200, 201, 204];
/** Tidying after an aborted or failed write has a time of its own. */
const TIDY_TIMEOUT_MS = 3_000;
const TIDY_PAUSE_MS = 50;

export interface WriteTarget {
  readonly container: string;
  readonly key: string;
}

export async function writeAsset(
  client: WebdavClient,
  folders: MadeFolders,
  { container, key }: WriteTarget,
  body: WriteBody,
  options: WriteOptions,
): Promise<WriteResult> {
  const { signal } = options;
  const path = assetPath(client.settings, container, key);
  const folder = await folders.make(container, key.slice(0, key.lastIndexOf('/') + 1), signal);
  const temporary = folder + temporaryName(options.token);
  try {
    await put(client, temporary, body, options).catch((thrown: unknown) => {
      if (toFailure(thrown).code === 'not-found') folders.forget(folder);
      throw thrown;
    });
    const stored = await lookAt(client, temporary, signal);
    if (stored?.sizeBytes !== body.sizeBytes) throwCut(path, stored?.sizeBytes, body.sizeBytes);
    await publish(client, temporary, path, options);
  } catch (thrown) {
    await removeTemporary(client, temporary);
    throw thrown;
  }
  // The time of change, and with it the version, may be that of the MOVE.
  const there = await lookAt(client, path, signal);
  return { versionToken: (there === null ? undefined : versionOf(there)) ?? null, vouches: null };
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
  if (await move(client, from, to, 'F', options.signal)) return;
  if (options.onlyIfAbsent) throwExists(to);
  const there = await lookAt(client, to, options.signal);
  if (there?.kind === 'folder') {
    fail('already-exists', `A folder named ${to} is already there.`, { hint: 'Rename one of the two.' });
  }
  if (await move(client, from, to, 'T', options.signal)) return;
  throw webdavFailure(412, {}, client.settings.host, `replace ${to}`);
}

/** False when something is there and `overwrite` is F. */
async function move(
  client: WebdavClient,
  from: string,
  to: string,
  overwrite: 'T' | 'F',
  signal: AbortSignal,
): Promise<boolean> {
  const { origin } = client.settings;
  const status = await client.ask({
    method: 'MOVE',
    path: from,
    // A whole address: servers that know RFC 2518 only take no path.
    headers: { destination: origin + to, overwrite },
    accepts: [...STORED, 412],
    deed: `publish ${to}`,
    signal,
  });
  return status !== 412;
}

/** The failure that led here matters more than what cannot be removed; listings never show it. */
async function removeTemporary(client: WebdavClient, path: string): Promise<void> {
  const signal = AbortSignal.timeout(TIDY_TIMEOUT_MS);
  const remove = () =>
    client.ask({ method: 'DELETE', path, accepts: [...STORED, 404, 423], deed: `remove ${path}`, signal });
  try {
    // rclone locks what it still receives, also when the sender has gone away.
    while ((await remove()) === 423) await wait(TIDY_PAUSE_MS, undefined, { signal });
  } catch {
    // Its name says what it is.
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

function throwCut(path: string, storedBytes: number | undefined, promisedBytes: number): never {
  return fail('checksum-mismatch', `The server kept ${storedBytes ?? 'no'} bytes of ${promisedBytes} for ${path}.`, {
    hint: 'Nothing was published. A proxy on the way may cut large assets.',
  });
}
