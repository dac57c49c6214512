/** Proves which machines get a window and which get the headless door, each with its sentence. */
import { expect, test } from 'vitest';
import { hasDisplay, type Machine, whyHeadless } from './choose-door.ts';

const DESKTOP: Machine = {
  platform: 'linux',
  env: { DISPLAY: ':0' },
  isRoot: false,
  wantsHeadless: false,
  overridden: false,
};

test.each<[string, Partial<Machine>, string | null]>([
  ['a Linux desktop', {}, null],
  ['a Wayland desktop', { env: { WAYLAND_DISPLAY: 'wayland-0' } }, null],
  ['macOS', { platform: 'darwin', env: {} }, null],
  ['Windows', { platform: 'win32', env: {} }, null],
  ['a Linux server', { env: {} }, 'no display'],
  ['an empty DISPLAY', { env: { DISPLAY: '' } }, 'no display'],
  ['root on Linux', { isRoot: true }, 'as root'],
  ['root with a binary of its own choice', { isRoot: true, overridden: true }, null],
  ['--headless', { wantsHeadless: true }, 'as asked'],
])('%s', (_what, difference, sentence) => {
  const why = whyHeadless({ ...DESKTOP, ...difference });
  if (sentence === null) expect(why).toBeNull();
  else expect(why).toContain(sentence);
});

test('a display is only a question on Linux', () => {
  expect(hasDisplay({ platform: 'linux', env: {} })).toBe(false);
  expect(hasDisplay({ platform: 'darwin', env: {} })).toBe(true);
});
