/** Proves that one holder at a time has the lock, that a dead one is taken over from, and that it is always given back. */
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFolderLock } from './folder-lock.mjs';

let folder = '';
let lock = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folder-lock-'));
  lock = join(folder, 'deep/install.lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a second caller waits until the first has finished, and says so once', async () => {
  const order: string[] = [];
  let finishFirst = () => {};
  const first = withFolderLock(
    lock,
    () => order.push('first waits'),
    async () => {
      order.push('first begins');
      await new Promise<void>((resolve) => {
        finishFirst = resolve;
      });
      order.push('first ends');
    },
  );
  const second = withFolderLock(
    lock,
    () => {
      order.push('second waits');
      finishFirst();
    },
    async () => {
      order.push('second begins');
    },
  );
  await Promise.all([first, second]);
  expect(order).toEqual(['first begins', 'second waits', 'first ends', 'second begins']);
});

test('a lock whose holder no longer touches it is taken over', async () => {
  await withFolderLock(
    lock,
    () => {},
    async () => {},
  );
  writeFileSync(lock, '999999\n');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  expect(
    await withFolderLock(
      lock,
      () => {},
      async () => 'mine',
    ),
  ).toBe('mine');
});

test('the lock is given back when the action throws', async () => {
  const failing = withFolderLock(
    lock,
    () => {},
    async () => {
      throw new Error('no network');
    },
  );
  await expect(failing).rejects.toThrow('no network');
  expect(existsSync(lock)).toBe(false);
});
