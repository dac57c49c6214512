/**
 * Owns the proof that signatures are those of Amazon's published examples ("Signature Calculations for the
 * Authorization Header", Amazon S3 API reference).
 */
import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { EMPTY_PAYLOAD, Signer, signatureTime } from './sign-request.ts';

const signer = new Signer(
  {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: null,
  },
  'us-east-1',
);
const timestamp = '20130524T000000Z';
const host = 'examplebucket.s3.amazonaws.com';
const common = { host, 'x-amz-content-sha256': EMPTY_PAYLOAD, 'x-amz-date': timestamp };
const empty = { payload: EMPTY_PAYLOAD, timestamp };

test('reading a range', () => {
  const headers = { ...common, range: 'bytes=0-9' };
  expect(signer.authorization({ method: 'GET', path: '/test.txt', query: '', headers, ...empty })).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

test('writing under a key that needs encoding', () => {
  const payload = hash('sha256', 'Welcome to Amazon S3.');
  const headers = {
    ...common,
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-content-sha256': payload,
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  };
  const request = { method: 'PUT', path: '/test%24file.text', query: '', headers, payload, timestamp };
  expect(signer.authorization(request)).toContain(
    'Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
});

test('listing with a query', () => {
  const request = { method: 'GET', path: '/', query: 'max-keys=2&prefix=J', headers: common, ...empty };
  expect(signer.authorization(request)).toContain(
    'Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});

test('a query without a value', () => {
  const request = { method: 'GET', path: '/', query: 'lifecycle=', headers: common, ...empty };
  expect(signer.authorization(request)).toContain(
    'Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  );
});

test('a URL that is given away (the example of "Authenticating Requests: Using Query Parameters")', () => {
  expect(signer.readQuery({ path: '/test.txt', host, lifetimeS: 86_400, timestamp })).toBe(
    'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});

test('the time has no punctuation and no fractions', () => {
  expect(signatureTime(Date.parse('2013-05-24T00:00:00.999Z'))).toBe(timestamp);
});
