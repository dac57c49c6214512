/** Proves which addresses a webhook may have. */
import { describe, expect, it } from 'vitest';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import { acceptWebhook } from './accept-webhook.ts';

function refusal(url: string, allowPrivate = false): Failure | null {
  try {
    acceptWebhook({ url, allowPrivate });
    return null;
  } catch (thrown) {
    return toFailure(thrown);
  }
}

describe('the address of a webhook', () => {
  it.each(['https://example.com/hooks', 'http://example.com:8080/a?b=c', 'https://93.184.216.34/'])(
    'may be %s',
    (url) => {
      expect(refusal(url)).toBeNull();
    },
  );

  it.each(['', 'example.com/hooks', 'ftp://example.com/', 'file:///etc/passwd', 'javascript:alert(1)', 'http://'])(
    'must be a whole web address, not "%s"',
    (url) => {
      expect(refusal(url, true)).toMatchObject({ code: 'invalid-input', field: 'target.url', retryable: false });
    },
  );

  it.each(['https://user@example.com/', 'https://user:secret@example.com/', 'https://:secret@example.com/'])(
    'holds no credentials: %s',
    (url) => {
      const found = refusal(url, true);
      expect(found).toMatchObject({ code: 'invalid-input', field: 'target.url' });
      expect(`${found?.message} ${found?.hint}`).not.toContain('secret@');
    },
  );

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://[fd00::1]/',
    'http://localhost:8080/',
    'http://LOCALHOST./',
    'http://hooks.localhost/',
  ])('is private and needs permission: %s', (url) => {
    expect(refusal(url)).toMatchObject({ code: 'permission-denied', field: 'target.url', retryable: false });
    expect(refusal(url, true)).toBeNull();
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fd00:ec2::254]/',
    'http://metadata.google.internal/',
    'http://METADATA.google.internal./',
  ])('is never a metadata service: %s', (url) => {
    for (const allowPrivate of [false, true]) {
      expect(refusal(url, allowPrivate)).toMatchObject({ code: 'permission-denied', field: 'target.url' });
    }
  });
});
