/**
 * Owns the proof that web addresses go on the wire as they were written, and that what is none is refused.
 */
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../../src-shared/model/failure.ts';
import { addressText, indexFolder, keyAddress, parseAddress } from './address.ts';

describe('what was written is what is asked for', () => {
  test.each([
    ['http://h/a/../k', 'http://h/a/../k'],
    ['http://h/a//k', 'http://h/a//k'],
    ['http://h//lead', 'http://h//lead'],
    ['http://h/%2e%2e/x', 'http://h/%2e%2e/x'],
    ['http://h/a%20b', 'http://h/a%20b'],
    ['http://h/a b', 'http://h/a%20b'],
    ['http://h/é', 'http://h/%C3%A9'],
    ['http://h/a+b?q=1&r=%2F#part', 'http://h/a+b?q=1&r=%2F'],
    ['http://h?q', 'http://h/?q'],
    ['HTTPS://EXAMPLE.com:443/A', 'https://example.com/A'],
    ['http://[::1]:8080/x', 'http://[::1]:8080/x'],
    ['http://bücher.example/', 'http://xn--bcher-kva.example/'],
    ['http://h/"<>^`{|}', 'http://h/%22%3C%3E%5E%60%7B%7C%7D'],
  ])('%s', (text, expected) => {
    expect(addressText(parseAddress(text, 'key'))).toBe(expected);
  });
});

describe('numbers in every notation are the address that they are', () => {
  test.each([
    ['http://2852039166/', '169.254.169.254'],
    ['http://0251.0376.0251.0376/', '169.254.169.254'],
    ['http://0xa9fea9fe/', '169.254.169.254'],
    ['http://①②⑦.0.0.1/', '127.0.0.1'],
    ['http://127.1/', '127.0.0.1'],
    ['http://0/', '0.0.0.0'],
    ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ])('%s', (text, host) => {
    expect(parseAddress(text, 'key').host).toBe(host);
  });
});

describe('what is no address', () => {
  test.each([
    '',
    'h/x',
    '//h/x',
    '/x',
    'file:///etc/passwd',
    'ftp://h/x',
    'gopher://h/x',
    'data:text/plain,x',
    'javascript:alert(1)',
    'http://',
    'http:///x',
    'http:h',
    'http://u:p@h/',
    'http://u@h/',
    'http://h\\@evil/',
    'http://h/\\x',
    'http://h/a\r\nX-Evil: 1',
    'http://h/\u0000',
    'http://h/\ud800',
    'http://h:99999/',
    'http://h:x/',
    'http://[::1/',
    'http://a b/',
    'http://300.1.1.1/',
    '# a comment',
    'http://h\t/x',
    ' http://h/x',
    'http://h%00/x',
    'http://h%2F@evil/x',
    'https://',
  ])('%j', (text) => {
    const parse = () => parseAddress(text, 'selection.assets.3');
    expect(parse).toThrow(FailureError);
    try {
      parse();
    } catch (thrown) {
      expect(thrown).toMatchObject({ failure: { code: 'invalid-input', field: 'selection.assets.3' } });
    }
  });

  test('a fragment hides nothing', () => {
    expect(parseAddress('http://h#@evil/', 'key').host).toBe('h');
  });
});

describe('the folder of an index page', () => {
  test.each([
    ['http://h', 'http://h/'],
    ['http://h/', 'http://h/'],
    ['http://h/a', 'http://h/a/'],
    ['http://h/a/', 'http://h/a/'],
    ['http://h/a/v1.2', 'http://h/a/v1.2/'],
    ['http://h/a/index.html', 'http://h/a/'],
    ['http://h/a/list.JSON', 'http://h/a/'],
  ])('%s is %s', (container, folder) => {
    expect(addressText(indexFolder(container))).toBe(folder);
  });

  test('a query is refused', () => expect(() => indexFolder('http://h/?dir=x')).toThrow('has a query'));

  test.each(['..', '../x', 'a/../../x', './x', 'a/.', '', 'a\0b', 'x\ud800'])('the key %j cannot leave it', (key) => {
    expect(() => keyAddress(indexFolder('http://h/base/'), key)).toThrow(FailureError);
  });

  test('a key is encoded once', () => {
    expect(addressText(keyAddress(indexFolder('http://h/base/'), 'a b/%2F?'))).toBe('http://h/base/a%20b/%252F%3F');
  });
});
