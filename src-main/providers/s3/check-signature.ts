/**
 * Owns the server's side of Signature Version 4: recomputes what a request should have been signed with, from the raw
 * request alone. Written apart from sign-request.ts, so that a mistake there does not prove itself right. For tests.
 */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
/** As Amazon: a quarter of an hour. */
const MAX_SKEW_MS = 15 * 60 * 1_000;

export interface KnownKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** The S3 error code of what is wrong with the request's signature, or null. */
export function signatureProblem(request: IncomingMessage, keys: KnownKeys, nowMs: number): string | null {
  const match = AUTHORIZATION.exec(request.headers.authorization ?? '');
  if (match === null) return 'AccessDenied';
  const [, accessKeyId, day = '', region = '', names = '', signature] = match;
  if (accessKeyId !== keys.accessKeyId) return 'InvalidAccessKeyId';
  if (region !== keys.region) return 'AuthorizationHeaderMalformed';
  const stamp = header(request, 'x-amz-date');
  const [date, time] = stamp.split('T');
  const iso = `${date?.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')}T${time?.replace(/(\d\d)(\d\d)(\d\d)Z/, '$1:$2:$3Z')}`;
  if (date !== day || !(Math.abs(Date.parse(iso) - nowMs) <= MAX_SKEW_MS)) return 'RequestTimeTooSkewed';
  const signed = names.split(';');
  const mustBeSigned = Object.keys(request.headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  if (mustBeSigned.some((name) => !signed.includes(name))) return 'AccessDenied';

  const [path = '', query = ''] = (request.url ?? '').split('?');
  let canonical = `${request.method}\n${path}\n${query.split('&').sort().join('&')}\n`;
  for (const name of signed) canonical += `${name}:${header(request, name).trim().replace(/\s+/g, ' ')}\n`;
  canonical += `\n${names}\n${header(request, 'x-amz-content-sha256')}`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  let key = Buffer.from(`AWS4${keys.secretAccessKey}`);
  for (const part of [day, region, 's3', 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  const toSign = `AWS4-HMAC-SHA256\n${stamp}\n${day}/${region}/s3/aws4_request\n${digest}`;
  return createHmac('sha256', key).update(toSign).digest('hex') === signature ? null : 'SignatureDoesNotMatch';
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
