/**
 * Proves the way out: quick, with nothing left running, with work given back that the next start takes up again; and
 * that one profile belongs to one app at a time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';
import { digestFolder } from './folder-digests.ts';
import { hasState, plainAssets, submitHeldMigration, waitForMigration } from './held-migration.ts';

/** What the product promises; see docs. */
const QUIT_LIMIT_MS = 5_000;

test('quitting mid-transfer takes at most 5 s, leaves no worker, and the next start finishes the work', async ({
  app,
  folder,
}) => {
  const { id, server, keys, destination, expected } = await submitHeldMigration(app, folder, plainAssets(3));
  try {
    await expect.poll(() => server.underway().length).toBe(keys.length);
    const { workers } = (await app.state()).pool;
    expect(workers.length).toBeGreaterThan(0);

    const startMs = performance.now();
    expect(await app.quit()).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(QUIT_LIMIT_MS);
    expect(workers.filter(({ pid }) => isAlive(pid))).toEqual([]);

    server.releaseAll();
    await app.start();
    await waitForMigration(app, id, hasState('completed'));
    expect(digestFolder(destination)).toEqual(expected);
  } finally {
    await server.stop();
  }
});

test('a second app on the same profile is refused and changes nothing', async ({ app }) => {
  const headless = join(import.meta.dirname, '../out/main/headless.js');
  const second = spawn(process.execPath, [headless, '--profile', app.profile], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [second.stdout, second.stderr]) stream.on('data', (text) => (said += text));
  const [code] = (await once(second, 'exit')) as [number | null];
  expect({ code, said }).toEqual({ code: 3, said: expect.stringContaining('already uses this profile') });
  expect((await app.call('app.info', {})).profile).toBe(app.profile);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
