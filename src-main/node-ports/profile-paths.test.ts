/** Proves where a profile lies, that its folders are private, and that foreign folders are left alone. Real folders. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toFailure } from '../../src-shared/model/failure.ts';
import { openProfile, resolveProfile } from './profile-paths.ts';

const linux = { argument: undefined, env: {}, platform: 'linux', home: '/home/ada', cwd: '/anywhere' } as const;

test.each([
  ['the argument first', { ...linux, argument: 'data', env: { TRANSSHIP_PROFILE: '/other' } }, '/anywhere/data'],
  ['then the environment', { ...linux, env: { TRANSSHIP_PROFILE: '/other' } }, '/other'],
  ['an empty variable is no choice', { ...linux, env: { TRANSSHIP_PROFILE: '' } }, '/home/ada/.local/share/transship'],
  ['XDG when absolute', { ...linux, env: { XDG_DATA_HOME: '/data' } }, '/data/transship'],
  ['not XDG when relative', { ...linux, env: { XDG_DATA_HOME: 'data' } }, '/home/ada/.local/share/transship'],
  ['macOS', { ...linux, platform: 'darwin' as const }, '/home/ada/Library/Application Support/Transship/profile'],
])('resolves the profile: %s', (_name, question, expected) => {
  expect(resolveProfile(question)).toBe(expected);
});

test.each(['', '  ', 'a\0b'])('refuses %j as a profile', (argument) => {
  expect(codeOf(() => resolveProfile({ ...linux, argument }))).toBe('invalid-input');
});

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'transship-profile-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('makes private folders and opens them again', () => {
  const paths = openProfile(join(folder, 'deep', 'profile'));
  expect(paths.profile).toBe(join(folder, 'deep', 'profile'));
  for (const each of [paths.profile, paths.spool, paths.sample]) expect(statSync(each).mode & 0o777).toBe(0o700);
  expect(openProfile(paths.profile)).toEqual(paths);
});

test('an empty folder that others could read becomes private', () => {
  mkdirSync(join(folder, 'open'), { mode: 0o755 });
  expect(statSync(openProfile(join(folder, 'open')).profile).mode & 0o777).toBe(0o700);
});

test('a link to a profile opens the profile itself', () => {
  openProfile(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  expect(openProfile(join(folder, 'link')).profile).toBe(join(folder, 'real'));
});

test('a folder with other things in it is refused and left as it was', () => {
  writeFileSync(join(folder, 'letter.txt'), 'mine');
  expect(codeOf(() => openProfile(folder))).toBe('invalid-input');
  expect(readdirSync(folder)).toEqual(['letter.txt']);
});

test('a file is refused', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(codeOf(() => openProfile(join(folder, 'file')))).toBe('invalid-input');
});

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (thrown) {
    return toFailure(thrown).code;
  }
  return 'no failure';
}
