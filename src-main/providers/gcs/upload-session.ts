/**
 * Owns one resumable session of the service: begin, chunk, ask, cancel. Must not decide whether a session is gone on
 * with (upload-in-chunks.ts does). The address of a session is the permission to write to it, so it stands in no message.
 */

import { fail } from '../../../src-shared/model/failure.ts';
import { countedChunks } from '../counted-body.ts';
import type { WriteBody, WriteOptions } from '../provider.ts';
import { headerOf } from '../wire/response-headers.ts';
import type { GcsAnswer, GcsBody, GcsClient } from './gcs-client.ts';
import { CHUNK_BYTES } from './limits.ts';
import { aclQuery, condition } from './make-object.ts';
import { type ObjectTarget, uploadPath } from './paths.ts';
import { base64Of, OBJECT_FIELDS, objectToMake, STORED_OBJECT, type StoredObject } from './stored-object.ts';

/** Goes on. */
const INCOMPLETE = 308;
/** What the service says of a session that it does not know, forgot after a week, or that was cancelled. */
const GONE: readonly number[] = [404, 410, 499];

/** How far a session has come: so many bytes, or to the object. */
export type Standing =
  | { readonly arrivedBytes: number; readonly object: null }
  | { readonly arrivedBytes: number; readonly object: StoredObject };

export interface Session {
  readonly client: GcsClient;
  readonly target: ObjectTarget;
  readonly uri: URL;
  readonly body: WriteBody;
  readonly signal: AbortSignal;
}

/** The address of a new session. Its object gets what `options` say. */
export async function beginSession(
  client: GcsClient,
  { bucket, key }: ObjectTarget,
  body: WriteBody,
  options: WriteOptions,
): Promise<URL> {
  const object = Buffer.from(JSON.stringify(objectToMake(key, options)));
  const answer = await client.request({
    method: 'POST',
    to: uploadPath(bucket),
    query: {
      uploadType: 'resumable',
      fields: OBJECT_FIELDS,
      ...condition(options),
      ...aclQuery(options, 'predefinedAcl'),
    },
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-upload-content-length': String(body.sizeBytes),
    },
    body: { sizeBytes: object.byteLength, bytes: object },
    deed: `write ${bucket}/${key}`,
    signal: options.signal,
  });
  answer.body.resume();
  return (
    sessionAddress(client, headerOf(answer.headers, 'location') ?? '') ??
    fail('unexpected', `${client.settings.endpoint.host} begins an upload without saying where it goes on.`)
  );
}

/** null for what cannot be one; bytes never go from TLS to the clear. */
export function sessionAddress(client: GcsClient, text: string): URL | null {
  const uri = URL.parse(text);
  return uri?.protocol === client.settings.endpoint.protocol ? uri : null;
}

/**
 * Sends what comes after the bytes that arrived. The last chunk carries our MD5 of the whole, and the service makes the
 * object only when it is right: bytes of an earlier try that are others by now are found out before anybody sees them.
 */
export async function sendChunk(session: Session, arrivedBytes: number): Promise<Standing> {
  const { client, uri, body, signal } = session;
  const endBytes = Math.min(body.sizeBytes, arrivedBytes + CHUNK_BYTES);
  const md5 = endBytes === body.sizeBytes ? (await body.digests()).md5 : undefined;
  const range = endBytes === arrivedBytes ? '*' : `${arrivedBytes}-${endBytes - 1}`;
  const answer = await client.request({
    method: 'PUT',
    to: uri,
    headers: {
      'content-range': `bytes ${range}/${body.sizeBytes}`,
      ...(md5 === undefined ? {} : { 'x-goog-hash': `md5=${base64Of(md5)}` }),
    },
    ...(range === '*' ? {} : { body: chunk(session, arrivedBytes, endBytes) }),
    accepts: [INCOMPLETE],
    deed: deedOf(session),
    signal,
  });
  return standingOf(session, answer);
}

/** null when the service does not know the session any more. */
export async function askSession(session: Session): Promise<Standing | null> {
  const { client, uri, body, signal } = session;
  const answer = await client.request({
    method: 'PUT',
    to: uri,
    headers: { 'content-range': `bytes */${body.sizeBytes}` },
    accepts: [INCOMPLETE, ...GONE],
    deed: deedOf(session),
    signal,
  });
  if (!GONE.includes(answer.status)) return standingOf(session, answer);
  answer.body.resume();
  return null;
}

/** Quiet when there is nothing to cancel; a session that came to its object leaves it alone. */
export async function cancelSession(client: GcsClient, uri: URL, deed: string, signal: AbortSignal): Promise<void> {
  const answer = await client.request({ method: 'DELETE', to: uri, accepts: GONE, deed, signal });
  answer.body.resume();
}

function deedOf({ target }: Session): string {
  return `write ${target.bucket}/${target.key}`;
}

async function standingOf(session: Session, answer: GcsAnswer): Promise<Standing> {
  const { client, body, signal } = session;
  if (answer.status !== INCOMPLETE) {
    const object = await client.readJson(answer, STORED_OBJECT, { deed: deedOf(session), signal });
    return { arrivedBytes: body.sizeBytes, object };
  }
  answer.body.resume();
  const range = headerOf(answer.headers, 'range');
  const last = /^bytes=0-(\d+)$/.exec(range ?? '')?.[1];
  const arrivedBytes = last === undefined ? 0 : Number(last) + 1;
  if ((range !== undefined && last === undefined) || arrivedBytes > body.sizeBytes) {
    fail('unexpected', `The service says that it has ${range} of ${body.sizeBytes} bytes.`);
  }
  return { arrivedBytes, object: null };
}

function chunk({ body, signal }: Session, firstByte: number, endByte: number): GcsBody {
  const range: WriteBody = {
    sizeBytes: endByte - firstByte,
    buffer: body.buffer === null ? null : body.buffer.subarray(firstByte, endByte),
    isWhole: body.isWhole,
    digests: () => body.digests(),
    open: () => body.open({ first: firstByte, last: endByte - 1 }),
  };
  return { sizeBytes: range.sizeBytes, bytes: () => countedChunks(range, signal) };
}
