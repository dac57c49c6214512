/**
 * Owns the proof that what S3 services send is read as it is meant: listings, refusals, metadata; and that parts fit
 * every size. Pure.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../../src-shared/model/failure.ts';
import { MAX_OBJECT_BYTES, MAX_PARTS, partsOf, USUAL_PART_BYTES } from './limits.ts';
import { objectHead } from './object-asset.ts';
import { metadataHeaders, metadataOf } from './object-metadata.ts';
import { readXml } from './read-xml.ts';
import { s3Failure } from './s3-failure.ts';
import { bucketAddress, s3Settings } from './s3-settings.ts';

describe('XML', () => {
  const texts = (xml: string) => {
    const found: string[] = [];
    const root = readXml(xml, (name, text, parent) => found.push(`${parent}>${name}=${text}`));
    return { root, found };
  };

  test('elements come with their text, their parent, and entities decoded once', () => {
    const xml = '<?xml version="1.0"?>\n<R xmlns="u"><A><B>1 &amp;lt; &#50;</B><B/></A><C><![CDATA[<x>]]></C></R>';
    expect(texts(xml)).toEqual({
      root: 'R',
      found: ['A>B=1 &lt; 2', 'A>B=', 'R>A=', 'R>C=<x>', '>R='],
    });
  });

  test.each([
    ['cut', '<R><A>1</A>'],
    ['empty', ''],
    ['no XML', 'upstream timed out'],
    ['an entity bomb', '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><R><A>&b;</A></R>'],
    ['an outside entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><R>&e;</R>'],
  ])('%s is refused', (_, xml) => {
    expect(() => texts(xml)).toThrow(FailureError);
  });
});

describe('refusals', () => {
  const host = 's3.example.com';
  const of = (status: number, code: string, region = '', headers = {}, ownsKeys = true) =>
    s3Failure({ status, code, message: 'said so', region }, headers, { host, ownsKeys }, 'write b/k').failure;

  test.each([
    [403, 'SignatureDoesNotMatch', 'auth-expired'],
    [403, 'InvalidAccessKeyId', 'auth-expired'],
    [400, 'ExpiredToken', 'auth-expired'],
    [403, 'AccessDenied', 'permission-denied'],
    [403, '', 'permission-denied'],
    [404, 'NoSuchBucket', 'not-found'],
    [404, 'NoSuchKey', 'not-found'],
    [400, 'BadDigest', 'checksum-mismatch'],
    [400, 'RequestTimeout', 'timeout'],
    [400, 'EntityTooLarge', 'too-large'],
    [403, 'QuotaExceeded', 'quota-exceeded'],
    [507, '', 'quota-exceeded'],
    [429, '', 'rate-limited'],
    [503, 'SlowDown', 'rate-limited'],
    [500, 'InternalError', 'network'],
    [502, '', 'network'],
    [416, 'InvalidRange', 'source-changed'],
    [403, 'InvalidObjectState', 'unsupported'],
    [409, 'ConditionalRequestConflict', 'already-exists'],
    [409, 'OperationAborted', 'already-exists'],
    [400, 'SomethingNew', 'unexpected'],
  ])('%i %s is %s', (status, code, expected) => {
    const failed = of(status, code);
    expect(failed.code).toBe(expected);
    expect(failed.message).toContain('s3.example.com');
    expect(failed.message).toContain('write b/k');
  });

  test('the right region is named', () => {
    expect(of(400, 'AuthorizationHeaderMalformed', 'eu-central-1')).toMatchObject({
      field: 'options.region',
      hint: 'The region is "eu-central-1".',
    });
  });

  test("keys that are not the account's own are not mended in its fields", () => {
    expect(of(400, 'ExpiredToken').field).toBe('secrets.sessionToken');
    expect(of(400, 'ExpiredToken', '', {}, false).field).toBe('options.credentials');
  });

  test('permanent ones are not tried again, passing ones are', () => {
    expect(of(403, 'AccessDenied').retryable).toBe(false);
    expect(of(404, 'NoSuchKey').retryable).toBe(false);
    expect(of(409, 'ConditionalRequestConflict').retryable).toBe(true);
    expect(of(503, '', '', { 'retry-after': '3' })).toMatchObject({ retryable: true, retryAfterMs: 3_000 });
    expect(of(500, 'InternalError', '', { 'retry-after': '3' })).toMatchObject({
      code: 'network',
      retryAfterMs: 3_000,
    });
  });
});

describe('metadata', () => {
  test('any text survives headers', () => {
    const values = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
    fc.assert(
      fc.property(values, (value) => {
        const headers = metadataHeaders({ note: value });
        expect(headers['x-amz-meta-note']).toMatch(/^[\x20-\x7e]*$/);
        // An empty header and an absent one are the same to HTTP clients.
        expect(metadataOf(headers).note ?? '').toBe(value);
      }),
    );
  });

  test('plain values stay plain, encoded ones of other tools are read', () => {
    expect(metadataHeaders({ Owner: 'web team' })).toEqual({ 'x-amz-meta-owner': 'web team' });
    expect(metadataOf({ 'x-amz-meta-a': '=?UTF-8?Q?Gr=C3=B6=C3=9Fe_1?=', etag: 'x' })).toEqual({ a: 'Größe 1' });
    expect(metadataOf({ 'x-amz-meta-a': '=?utf-8?b?Z3I=?= =?utf-8?b?w7Y=?=' })).toEqual({ a: 'grö' });
  });
});

describe('digests that an ETag states', () => {
  const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
  test.each([
    [{ etag: `"${md5}"` }, { md5 }],
    [{ etag: md5.toUpperCase() }, { md5 }],
    [{ etag: `"${md5}-2"` }, {}],
    [{ etag: `"${md5}"`, 'x-amz-server-side-encryption': 'AES256' }, { md5 }],
    [{ etag: `"${md5}"`, 'x-amz-server-side-encryption': 'aws:kms' }, {}],
    [{ etag: `"${md5}"`, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }, {}],
    [{}, {}],
  ])('%j', (headers, digests) => {
    expect(objectHead('k', 200, headers).digests).toEqual(digests);
  });
});

describe('parts', () => {
  test('cover every size once, are alike but for the last, and never too many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (sizeBytes) => {
        const parts = partsOf(sizeBytes, USUAL_PART_BYTES);
        expect(parts.length).toBeLessThanOrEqual(MAX_PARTS);
        expect(parts[0]?.first).toBe(0);
        expect(parts.at(-1)?.last).toBe(sizeBytes - 1);
        const sizes = new Set(parts.slice(0, -1).map(({ first, last }) => last - first + 1));
        expect(sizes.size).toBeLessThanOrEqual(1);
        expect(parts.every(({ first, last }) => last >= first)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('the largest object is the largest number of the largest parts', () => {
    const parts = partsOf(MAX_OBJECT_BYTES, USUAL_PART_BYTES);
    expect(parts).toHaveLength(MAX_PARTS);
    expect(parts[0]).toEqual({ number: 1, first: 0, last: 5 * 1024 ** 3 - 1 });
  });
});

describe('where a bucket is', () => {
  const secrets = { secretAccessKey: 's' };
  const address = (options: Record<string, string>, bucket: string) =>
    bucketAddress(s3Settings({ options: { accessKeyId: 'a', ...options }, secrets }), bucket);

  test('at Amazon', () => {
    const origin = 'https://media.s3.eu-west-1.amazonaws.com';
    expect(address({ region: 'eu-west-1' }, 'media')).toEqual({ origin, host: origin.slice(8), path: '' });
    expect(address({ region: 'eu-west-1' }, 'media.example.com').path).toBe('/media.example.com');
    expect(address({ region: 'cn-north-1' }, 'm').host).toBe('m.s3.cn-north-1.amazonaws.com.cn');
  });

  test('elsewhere', () => {
    const endpoint = 'http://10.0.0.1:9000';
    expect(address({ endpoint }, 'media')).toEqual({ origin: endpoint, host: '10.0.0.1:9000', path: '/media' });
    const virtual = address({ endpoint: 'https://s3.example.com', addressing: 'virtual' }, 'media');
    expect(virtual).toEqual({ origin: 'https://media.s3.example.com', host: 'media.s3.example.com', path: '' });
  });

  test.each(['', '..', 'a/b', 's3://media', 'a b', '-a', 'a\r\nb', 'ü'])('%j is no bucket', (bucket) => {
    expect(() => address({}, bucket)).toThrow(FailureError);
  });
});
