/**
 * Owns writing a large object: goes on with the session of an earlier try or begins one, survives broken connections,
 * and says which session may be kept for a later try. Called by gcs-provider.ts.
 */
import { hash } from 'node:crypto';
import { FailureError, fail } from '../../../src-shared/model/failure.ts';
import type { WriteBody, WriteOptions } from '../provider.ts';
import type { GcsClient } from './gcs-client.ts';
import { GcsFailureError } from './gcs-failure.ts';
import { isOtherBytes, removeGeneration } from './make-object.ts';
import type { ObjectTarget } from './paths.ts';
import { objectToMake, type StoredObject } from './stored-object.ts';
import {
  askSession,
  beginSession,
  cancelSession,
  type Session,
  type Standing,
  sendChunk,
  sessionAddress,
} from './upload-session.ts';

/** A chunk whose connection broke is sent again at once, as long as chunks arrive in between. */
const CHUNK_TRIES = 3;
/** Giving up must not take longer than a shutdown may. */
const GIVE_UP_TIMEOUT_MS = 3_000;

interface Upload {
  readonly client: GcsClient;
  readonly target: ObjectTarget;
  readonly body: WriteBody;
  readonly options: WriteOptions;
}

/**
 * `look` gives the object that stands under the key now. The service compares its condition when a session ends, not
 * when it begins: without a look beforehand all bytes would go to where something is already.
 */
export async function uploadInChunks(upload: Upload, look: () => Promise<StoredObject | null>): Promise<StoredObject> {
  const { client, target, body, options } = upload;
  const left = await findSession(upload);
  const finished = left === null ? null : await goOn(upload, left, look);
  if (finished !== null) return finished;
  if (options.onlyIfAbsent && (await look()) !== null) throwExists(target);
  const uri = await beginSession(client, target, body, options);
  const session = { client, target, uri, body, signal: options.signal };
  try {
    await options.note?.begun(markOf(upload, uri));
    return await sendAll(session, { arrivedBytes: 0, object: null }, options);
  } catch (thrown) {
    await leave(session, options, thrown);
    throw thrown;
  }
}

export function throwExists({ bucket, key }: ObjectTarget): never {
  return fail('already-exists', `${bucket}/${key} is already there.`);
}

/** Removes what an unfinished write left. A mark that is none of ours has nothing to remove. */
export async function giveUpUpload(
  client: GcsClient,
  { bucket, key }: ObjectTarget,
  mark: string,
  signal: AbortSignal,
): Promise<void> {
  const uri = sessionAddress(client, readMark(mark).uri);
  if (uri !== null) await cancelSession(client, uri, `give up the upload of ${bucket}/${key}`, signal);
}

interface LeftSession {
  readonly session: Session;
  readonly standing: Standing;
}

/**
 * The session of an earlier try, if it is there and was begun for the same: its headers, metadata, size and condition
 * cannot be changed any more. Whether the bytes are the same, the end will tell.
 */
async function findSession(upload: Upload): Promise<LeftSession | null> {
  const { client, target, body, options } = upload;
  const unfinished = options.note?.unfinished ?? null;
  if (unfinished === null) return null;
  const { fingerprint, uri: address } = readMark(unfinished);
  const uri = sessionAddress(client, address);
  if (uri === null) return null;
  const session = { client, target, uri, body, signal: options.signal };
  if (fingerprint !== fingerprintOf(upload)) {
    await tryCancel(session);
    return null;
  }
  try {
    const standing = await askSession(session);
    return standing === null ? null : { session, standing };
  } catch (thrown) {
    // A session that the service will not speak of any more must not bar the way for ever.
    if (thrown instanceof GcsFailureError && !thrown.failure.retryable) return null;
    throw thrown;
  }
}

/** null when the bytes that arrived earlier are others by now, or what came of them is gone: all has to be sent anew. */
async function goOn(
  { body, options, target, client }: Upload,
  { session, standing }: LeftSession,
  look: () => Promise<StoredObject | null>,
): Promise<StoredObject | null> {
  const ours = async () => ({ ...(await body.digests()), sizeBytes: body.sizeBytes });
  if (standing.object !== null) {
    // The earlier try came to its end and could not say so; since then others may have written here.
    if (isOtherBytes(standing.object, await ours())) return null;
    return (await look())?.generation === standing.object.generation ? standing.object : null;
  }
  try {
    const object = await sendAll(session, standing, options);
    if (!isOtherBytes(object, await ours())) return object;
    // Only a service that does not check digests comes here: the object is of two halves.
    await removeGeneration(client, target, object.generation);
    return null;
  } catch (thrown) {
    await leave(session, options, thrown);
    if (codeOf(thrown) === 'checksum-mismatch' && thrown instanceof GcsFailureError) return null;
    throw thrown;
  }
}

async function sendAll(session: Session, start: Standing, { onProgress }: WriteOptions): Promise<StoredObject> {
  let standing: Standing = start;
  for (let failures = 0; ; ) {
    try {
      onProgress(standing.arrivedBytes);
      while (standing.object === null) {
        const next = await sendChunk(session, standing.arrivedBytes);
        if (next.object === null && next.arrivedBytes <= standing.arrivedBytes) {
          fail('network', `The service kept nothing of a chunk of ${session.target.key}.`);
        }
        if (next.arrivedBytes > standing.arrivedBytes) failures = 0;
        standing = next;
        onProgress(standing.arrivedBytes);
      }
      return standing.object;
    } catch (thrown) {
      if (isGone(thrown)) return throwForgotten(session);
      failures += 1;
      const isBroken = codeOf(thrown) === 'network' || codeOf(thrown) === 'timeout';
      if (failures === CHUNK_TRIES || !isBroken || session.signal.aborted) throw thrown;
      standing = (await askSession(session)) ?? throwForgotten(session);
    }
  }
}

/**
 * A session that may be gone on with stays, if somebody noted it; what cannot succeed any more is cancelled: bytes and
 * condition of a session never change.
 */
async function leave(session: Session, { note, signal }: WriteOptions, thrown: unknown): Promise<void> {
  const isUnmet = thrown instanceof GcsFailureError && thrown.status === 412;
  const isOver =
    thrown instanceof FailureError && (!thrown.failure.retryable || thrown.failure.code === 'checksum-mismatch');
  if (note === null || isUnmet || (isOver && !signal.aborted)) await tryCancel(session);
}

/** What could not be cancelled now the service forgets after a week; the failure that led here matters more. */
async function tryCancel({ client, target, uri }: Session): Promise<void> {
  const deed = `give up the upload of ${target.bucket}/${target.key}`;
  await cancelSession(client, uri, deed, AbortSignal.timeout(GIVE_UP_TIMEOUT_MS)).catch(() => undefined);
}

function throwForgotten({ target }: Session): never {
  return fail('network', `The service does not know the upload of ${target.bucket}/${target.key} any more.`, {
    hint: 'Another attempt begins it anew.',
  });
}

function isGone(thrown: unknown): boolean {
  return thrown instanceof GcsFailureError && [404, 410, 499].includes(thrown.status);
}

function codeOf(thrown: unknown): string | null {
  return thrown instanceof FailureError ? thrown.failure.code : null;
}

/** Everything that a session fixes at its beginning, and the time of change, which moves when bytes do. */
function fingerprintOf({ target, body, options }: Upload): string {
  const { modifiedAtMs, onlyIfAbsent, acl } = options;
  const { bucket, key } = target;
  return hash(
    'sha256',
    JSON.stringify([bucket, objectToMake(key, options), body.sizeBytes, modifiedAtMs, onlyIfAbsent, acl]),
  );
}

function markOf(upload: Upload, uri: URL): string {
  return `${fingerprintOf(upload)} ${uri.href}`;
}

function readMark(mark: string): { readonly fingerprint: string; readonly uri: string } {
  const [fingerprint = '', uri = ''] = mark.split(' ');
  return { fingerprint, uri };
}
