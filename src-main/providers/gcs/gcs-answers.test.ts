/**
 * Owns the proof that keys of service accounts, endpoints, names and refusals are read as they are meant, and that no
 * secret gets into a message.
 */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../../src-shared/model/failure.ts';
import { gcsFailure, readGcsError } from './gcs-failure.ts';
import { createGcs } from './gcs-provider.ts';
import { gcsSettings } from './gcs-settings.ts';
import { keyJson } from './gcs-test-tokens.ts';
import { assetHead, STORED_OBJECT } from './stored-object.ts';

const TOKEN_URI = 'https://oauth2.googleapis.com/token';

function refused(work: () => unknown) {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof FailureError) return thrown;
    throw thrown;
  }
  throw new Error('It was not refused.');
}

const settingsOf = (serviceAccountKey: string, endpoint = '') =>
  gcsSettings({ options: { endpoint }, secrets: { serviceAccountKey } });

describe('the key of a service account', () => {
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  test.each([
    ['not JSON', 'SECRET-BEGIN SECRET-END', 'not JSON'],
    ['another type of JSON', '["SECRET-BEGIN"]', 'not a JSON object'],
    ['the key of a person', keyJson(TOKEN_URI, { type: 'authorized_user' }), '"service_account"'],
    ['no address for tokens', keyJson(TOKEN_URI, { token_uri: undefined }), '"token_uri"'],
    ['a token address that is none', keyJson('file:///SECRET-BEGIN'), '"token_uri"'],
    ['no email', keyJson(TOKEN_URI, { client_email: '' }), '"client_email"'],
    ['a damaged private key', keyJson(TOKEN_URI, { private_key: '-----BEGIN PRIVATE KEY-----\nSECRET-BEGIN' }), 'RSA'],
    [
      'a private key of another kind',
      keyJson(TOKEN_URI, { private_key: elliptic.export({ type: 'pkcs8', format: 'pem' }) }),
      'RSA',
    ],
  ])('%s is refused at its field', (_, json, words) => {
    const { failure, cause } = refused(() => settingsOf(json));
    expect(failure).toMatchObject({ code: 'invalid-input', field: 'secrets.serviceAccountKey' });
    expect(failure.message).toContain(words);
    expect(JSON.stringify(failure) + String(cause)).not.toContain('SECRET');
  });

  test('whose line breaks a form took away still works', () => {
    expect(settingsOf(keyJson(TOKEN_URI).replaceAll('\n', '')).account.tokenUri.href).toBe(TOKEN_URI);
  });

  test('and the endpoint are both encrypted or both not', () => {
    expect(settingsOf(keyJson(TOKEN_URI)).endpoint.href).toBe('https://storage.googleapis.com/');
    const plain = keyJson('http://127.0.0.1:9/token');
    expect(settingsOf(plain, 'http://127.0.0.1:9').endpoint.port).toBe('9');
    for (const work of [() => settingsOf(plain), () => settingsOf(keyJson(TOKEN_URI), 'http://127.0.0.1:9')]) {
      expect(refused(work).failure).toMatchObject({ code: 'invalid-input', field: 'options.endpoint' });
    }
  });
});

test.each(['.', '..', '.well-known/acme-challenge/x', 'a\rb', 'a\nb', 'a\0b', 'x'.repeat(1_025), 'ü'.repeat(513)])(
  'the key %j cannot be stored',
  async (key) => {
    const provider = createGcs({ options: {}, secrets: { serviceAccountKey: keyJson(TOKEN_URI) } });
    expect(refused(() => provider.assertKey('bucket', key)).failure.code).toBe('name-invalid');
    await provider.close();
  },
);

describe('refusals', () => {
  const refusal = (code: number, reason: string, message = 'Words of the service.') =>
    JSON.stringify({ error: { code, message, errors: [{ reason, message, domain: 'global' }] } });
  test.each([
    [400, refusal(400, 'invalid'), 'invalid-input', false],
    [
      400,
      refusal(400, 'invalid', 'Provided MD5 hash "a" doesn\'t match calculated MD5 hash "b".'),
      'checksum-mismatch',
      true,
    ],
    [401, refusal(401, 'authError'), 'auth-expired', false],
    [403, refusal(403, 'forbidden'), 'permission-denied', false],
    [403, refusal(403, 'rateLimitExceeded'), 'rate-limited', true],
    [403, refusal(403, 'userRateLimitExceeded'), 'rate-limited', true],
    [403, refusal(403, 'quotaExceeded'), 'quota-exceeded', false],
    [404, refusal(404, 'notFound', 'No such object: b/k'), 'not-found', false],
    [404, refusal(404, 'notFound', 'The specified bucket does not exist.'), 'not-found', false],
    [410, 'Gone', 'not-found', true],
    [412, refusal(412, 'conditionNotMet'), 'source-changed', true],
    [413, '', 'too-large', false],
    [
      412,
      refusal(412, 'conditionNotMet', 'allUsers is not allowed since public access prevention is enforced.'),
      'unsupported',
      false,
    ],
    [
      400,
      refusal(400, 'invalid', 'Cannot insert legacy ACL for an object when uniform bucket-level access is enabled.'),
      'unsupported',
      false,
    ],
    [416, refusal(416, 'requestedRangeNotSatisfiable'), 'source-changed', true],
    [418, refusal(418, 'teapot'), 'unexpected', false],
    [429, refusal(429, 'rateLimitExceeded'), 'rate-limited', true],
    [500, '<html>Sorry</html>', 'network', true],
    [502, 'Bad Gateway', 'network', true],
    [503, '{"error":"odd"}', 'rate-limited', true],
  ])('%i %s is %s', (status, text, code, retryable) => {
    const { failure } = gcsFailure(readGcsError(status, text), { 'retry-after': '7' }, 'host', 'write b/k');
    expect(failure).toMatchObject({ code, retryable });
    expect(failure.message).toContain('write b/k at host');
    expect(failure.message).not.toContain('<html>');
    expect(failure.retryAfterMs).toBe(code === 'rate-limited' ? 7_000 : undefined);
    expect(failure.field).toBe(
      text.includes('bucket does not') ? 'container' : status === 401 ? 'secrets.serviceAccountKey' : undefined,
    );
  });
});

test('an object as the service describes it', () => {
  const json = {
    name: 'k',
    size: '9',
    generation: '1700000000000001',
    timeCreated: '2026-11-20T21:59:00.000Z',
    md5Hash: 'JfnnlDI7RTiF9RgfG2JNCw==',
    crc32c: '4waSgw==',
    contentType: 'text/plain',
    metadata: { Owner: 'Grüße' },
  };
  expect(assetHead(STORED_OBJECT.parse(json))).toEqual({
    key: 'k',
    sizeBytes: 9,
    versionToken: '1700000000000001',
    modifiedAtMs: Date.UTC(2026, 10, 20, 21, 59),
    headers: { contentType: 'text/plain' },
    metadata: { owner: 'Grüße' },
    digests: { md5: '25f9e794323b453885f5181f1b624d0b', crc32c: 'e3069283' },
  });
  for (const size of ['-1', '1e3', '99999999999999999999', 9]) {
    expect(STORED_OBJECT.safeParse({ ...json, size }).success).toBe(false);
  }
});
