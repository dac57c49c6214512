/** Proves that the log is one valid JSON line per event and that no secret reaches the file. Real file. */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJsonLog } from './json-log.ts';

let profile: string;
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'transship-log-'));
});
afterEach(() => rmSync(profile, { recursive: true, force: true }));

const CANARY = 'c4n4ryc4n4ryc4n4ry';

test.each([
  ['a secrets field', { secrets: { key: CANARY } }],
  ['a nested secrets field', { account: { secrets: { key: CANARY } } }],
  ['a password field', { deep: { er: { password: `a"b\\${CANARY}` } } }],
  ['an access key field', { options: { secretAccessKey: CANARY } }],
  ['a header in text', { line: `> Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=${CANARY}` }],
  ['a bearer token in text', { line: `sent Bearer ${CANARY} to the door` }],
  ['a SAS signature', { url: `https://h/c/k?sv=1&sig=${CANARY}&se=2` }],
  ['a password in an address', { url: `ftp://ada:${CANARY}@h/` }],
  ['a private key', { text: `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\n-----END RSA PRIVATE KEY-----` }],
  ['a JSON web token', { text: `eyJhbGciOiJIUzI1NiJ9.${CANARY}.${CANARY}` }],
  ['an error', { error: new Error(`GET https://u:${CANARY}@h/ failed`) }],
])('masks %s', (_name, fields) => {
  const text = written((log) => log.info('something happened', fields));
  expect(text).not.toContain(CANARY);
  expect(text).toContain('***');
  expect(JSON.parse(text)).toMatchObject({ level: 'info', msg: 'something happened' });
});

test.each(['X-Amz-Signature', 'x-oss-signature', 'X-Goog-Credential', 'Policy', 'hdnts', 'md5', 'token', 'Signature'])(
  'masks the permit %s of a signed address',
  (name) => {
    const text = written((log) => log.info(`no answer from https://h/k?v=1&${name}=${CANARY}`));
    expect(text).not.toContain(CANARY);
    expect(text).toContain(`?v=1&${name}=***`);
  },
);

test('what is no secret stays readable', () => {
  const fields = {
    url: 'https://host:8080/bucket/a b?prefix=x',
    code: 'permission-denied',
    secretNames: ['accessKeyId'],
  };
  expect(JSON.parse(written((log) => log.warn('refused', fields)))).toMatchObject({ level: 'warn', ...fields });
});

test('keys cannot command the terminal that shows the log', () => {
  const text = written((log) => log.info('key', { key: 'a\u001b[2J\u202egnp.exe\u2028' }));
  expect(text).toContain('a\\u001b[2J\\u202egnp.exe\\u2028');
});

test('the file is private, and a large one is set aside at the next start', () => {
  const file = join(profile, 'transship.log');
  written((log) => log.info('first'));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, '');
  truncateSync(file, 11 * 1024 * 1024);
  expect(JSON.parse(written((log) => log.info('second'))).msg).toBe('second');
  expect(statSync(`${file}.1`).size).toBe(11 * 1024 * 1024);
});

test.skipIf(!existsSync('/dev/full'))('a full disk stops nobody, and takes no memory', () => {
  symlinkSync('/dev/full', join(profile, 'transship.log'));
  const log = openJsonLog(profile);
  const before = process.memoryUsage().heapUsed;
  for (let line = 0; line < 20_000; line += 1) log.info('nobody hears this', { line, text: 'x'.repeat(1_000) });
  log.flush();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(15 * 1024 * 1024);
});

function written(write: (log: ReturnType<typeof openJsonLog>) => void): string {
  const log = openJsonLog(profile);
  write(log);
  return readFileSync(join(profile, 'transship.log'), 'utf8').trimEnd();
}
