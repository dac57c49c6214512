/** Owns the proof that Digest answers are those of the RFCs' own examples, and that challenges are read as they are. */
import { describe, expect, test } from 'vitest';
import { answerDigest, parseChallenges, strongestDigest } from './digest-answer.ts';

const NEWER =
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", ' +
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const OLDER =
  'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
  'opaque="5ccc069c403ebaf9f0171e9517f40e41"';
const CLIENT_NONCE = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
const asked = { method: 'GET', path: '/dir/index.html', user: 'Mufasa', count: 1 };

function answerOf(header: string, index: number, question: { password: string; clientNonce: string }): string {
  const challenge = parseChallenges(header)[index];
  if (challenge === undefined) throw new Error('There is no such challenge.');
  return answerDigest(challenge, { ...asked, ...question });
}

describe("the RFCs' examples", () => {
  test('SHA-256 (RFC 7616, section 3.9.1)', () => {
    const answer = answerOf(NEWER, 0, { password: 'Circle of Life', clientNonce: CLIENT_NONCE });
    expect(answer).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"');
    expect(answer).toContain('algorithm=SHA-256, qop=auth, nc=00000001');
    expect(answer).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"');
  });

  test('MD5 (RFC 7616, section 3.9.1)', () => {
    const answer = answerOf(NEWER, 1, { password: 'Circle of Life', clientNonce: CLIENT_NONCE });
    expect(answer).toContain('response="8ca523f5e9506fed4657c9700eebdbec"');
  });

  test('MD5 without a named algorithm (RFC 2617, section 3.5)', () => {
    const answer = answerOf(OLDER, 0, { password: 'Circle Of Life', clientNonce: '0a4f113b' });
    expect(answer).toContain('response="6629fae49393a05397450978507c4ef1"');
    expect(answer).not.toContain('algorithm');
  });
});

test('the strongest challenge that can be answered is chosen', () => {
  const algorithmOf = (header: string) => strongestDigest(parseChallenges(header))?.parameters.get('algorithm');
  expect(algorithmOf(NEWER)).toBe('SHA-256');
  expect(algorithmOf('Digest nonce="a", algorithm=SHA-512-256, Digest nonce="b", algorithm=MD5-sess, qop=auth')).toBe(
    'MD5-sess',
  );
  expect(strongestDigest(parseChallenges('Digest nonce="a", qop="auth-int"'))).toBeNull();
  expect(strongestDigest(parseChallenges('Basic realm="x"'))).toBeNull();
});

test('several challenges, quotes within quotes and unknown schemes are told apart', () => {
  const header = 'Negotiate, Basic realm="a \\"b\\", c=d",DIGEST Realm = x , nonce="n"';
  const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
  expect(found).toEqual([
    ['negotiate', {}],
    ['basic', { realm: 'a "b", c=d' }],
    ['digest', { realm: 'x', nonce: 'n' }],
  ]);
  expect(parseChallenges('')).toEqual([]);
});

test('quotes and backslashes in a user name are escaped', () => {
  const [challenge] = parseChallenges('Digest realm="r", nonce="n"');
  if (challenge === undefined) throw new Error('There is no challenge.');
  const question = { ...asked, user: 'a"b\\c', password: 'p', clientNonce: 'c' };
  expect(answerDigest(challenge, question)).toContain('username="a\\"b\\\\c"');
  expect(answerDigest(challenge, question)).not.toContain('qop');
});
