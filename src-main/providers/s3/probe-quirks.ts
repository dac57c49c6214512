/**
 * Owns the quirk card of a service: what a connection test finds out about how it differs, tried on the test asset, and
 * how that is told. Must not fail a test: what could not be tried is not told. Called by check-s3.ts.
 */
import { hash } from 'node:crypto';
import { FailureError } from '../../../src-shared/model/failure.ts';
import type { CheckedPlace } from '../check-actions.ts';
import { positionAfter } from './key-range.ts';
import type { S3Client } from './s3-client.ts';
import { S3FailureError } from './s3-failure.ts';
import { UNSIGNED_PAYLOAD } from './sign-request.ts';

/** null: it could not be tried. */
export interface QuirkCard {
  /** What the service does with If-None-Match on a key that is there: 412, 501, or the write. */
  readonly conditions: 'honoured' | 'unknown' | 'ignored' | null;
  readonly comparesContentMd5: boolean | null;
  readonly etagIsMd5: boolean;
  readonly listsAfterKey: boolean | null;
}

const BYTES = Buffer.from('This asset tests how the service compares. It may be deleted.\n');

/** `key` is that of the test asset, which is there and is written to again. */
export async function probeQuirks(
  place: CheckedPlace,
  client: S3Client,
  key: string,
  etagIsMd5: boolean,
): Promise<QuirkCard> {
  const { container, signal } = place;
  const put = async (headers: Readonly<Record<string, string>>): Promise<number> => {
    try {
      const body = { sizeBytes: BYTES.byteLength, payload: UNSIGNED_PAYLOAD, bytes: BYTES };
      const deed = `try ${container}/${key}`;
      const answer = await client.request({ method: 'PUT', bucket: container, key, headers, body, deed, signal });
      answer.body.resume();
      return answer.status;
    } catch (thrown) {
      if (thrown instanceof S3FailureError) return thrown.status;
      throw thrown;
    }
  };
  const conditional = await put({ 'if-none-match': '*' });
  const damaged = await put({ 'content-md5': Buffer.from(hash('md5', 'other bytes'), 'hex').toString('base64') });
  return {
    conditions: meaningOf(conditional, { 412: 'honoured', 501: 'unknown', 200: 'ignored' }),
    comparesContentMd5: meaningOf(damaged, { 400: true, 200: false }),
    etagIsMd5,
    listsAfterKey: await listsAfterKey(place, key),
  };
}

/** What is usual in one sentence, each peculiarity in one of its own. */
export function tellQuirks({ conditions, comparesContentMd5, etagIsMd5, listsAfterKey }: QuirkCard): readonly string[] {
  const usual = [
    ...(conditions === 'honoured' ? ['it keeps new keys apart'] : []),
    ...(comparesContentMd5 === true ? ['it compares the MD5 that is sent with what arrives'] : []),
    ...(etagIsMd5 ? ['its ETag is the MD5 of what it stored'] : []),
    ...(listsAfterKey === true ? ['a listing can go on after any key'] : []),
  ];
  return [
    ...(usual.length === 0 ? [] : [`What this service was seen to do: ${usual.join(', ')}.`]),
    ...(conditions === 'unknown' || conditions === 'ignored'
      ? ['The service does not know If-None-Match: before a new key is written it is looked for.']
      : []),
    ...(comparesContentMd5 === false
      ? ['The service takes bytes whose MD5 is another than was said: what it stored is compared afterwards.']
      : []),
    ...(etagIsMd5 ? [] : ['ETags here are no checksums: what is written is read back.']),
    ...(listsAfterKey === false ? ['Listings here cannot go on after a key: as a source it ends at 1,000 keys.'] : []),
  ];
}

function meaningOf<Meaning>(status: number, meanings: Readonly<Record<number, Meaning>>): Meaning | null {
  return meanings[status] ?? null;
}

/** Without the right to list there is nothing to say; `unsupported` is a service that repeats the key. */
async function listsAfterKey({ provider, container, signal }: CheckedPlace, key: string): Promise<boolean | null> {
  try {
    await provider.list(container, key, { position: positionAfter(key), limit: 1, signal });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof FailureError)) throw thrown;
    return thrown.failure.code === 'unsupported' ? false : null;
  }
}
