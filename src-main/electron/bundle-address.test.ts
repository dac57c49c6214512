/** Proves who counts as our own page: exactly `app://bundle`, main frame only. */
import { expect, test } from 'vitest';
import { isBundleAddress, isOwnSender } from './bundle-address.ts';

const FOREIGN = [
  '',
  'app://evil/index.html',
  'app://bundle.evil/index.html',
  'app://bundle@evil/index.html',
  'app://user@bundle/index.html',
  'app://user:password@bundle/index.html',
  'app://bundle:80/index.html',
  'app://BUNDLE.evil/',
  'app:bundle/index.html',
  'apps://bundle/index.html',
  'data:text/html,app://bundle/',
  'about:blank',
  'file:///app://bundle/index.html',
  'http://127.0.0.1:8080/app://bundle/',
  'https://bundle/index.html',
  'javascript:app://bundle/',
  'blob:app://bundle/0e0e',
  'devtools://bundle/',
];

test.each(FOREIGN)('%j is not our page', (address) => {
  expect(isBundleAddress(address)).toBe(false);
  expect(isOwnSender({ url: address, parent: null })).toBe(false);
});

test.each(['app://bundle/index.html', 'app://bundle/index.html#/jobs?state=failed', 'app://bundle/assets/a.js'])(
  '%j is our page',
  (address) => {
    expect(isBundleAddress(address)).toBe(true);
    expect(isOwnSender({ url: address, parent: null })).toBe(true);
  },
);

test('a frame inside our page is not our page, and neither is a frame that is gone', () => {
  expect(isOwnSender({ url: 'app://bundle/index.html', parent: { url: 'app://bundle/index.html' } })).toBe(false);
  expect(isOwnSender(null)).toBe(false);
});
