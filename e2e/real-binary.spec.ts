/**
 * Owns what only Electron's own binary can prove. Under the stand-in these are reported as not run, never as passed.
 */
import { expect, test } from './fixtures.ts';
import { chooseElectron } from './which-electron.ts';

const { kind } = chooseElectron(process.env, process.platform);
test.skip(kind === 'stand-in', 'needs the real Electron binary');

test('the page has our own origin, the bridge, and nothing of Node or Electron', async ({ app }) => {
  const found = await app.page.evaluate(() => ({
    origin: location.origin,
    node: [typeof require, typeof process, typeof module, typeof Buffer],
    bridge: Object.keys(window.transship).sort(),
  }));
  expect(found).toEqual({
    origin: 'app://bundle',
    node: ['undefined', 'undefined', 'undefined', 'undefined'],
    bridge: ['onClose', 'onMessage', 'send'],
  });
});

test('the operating system sandboxes the renderer', async ({ app }) => {
  test.skip(process.platform === 'linux', 'Playwright starts Electron with --no-sandbox on Linux');
  const renderers = await app.electron?.evaluate(({ app: electron }) =>
    electron.getAppMetrics().filter(({ type }) => type === 'Tab'),
  );
  expect(renderers?.map(({ sandboxed }) => sandboxed)).toEqual([true]);
});

test('the fuses of the packaged binary', () => {
  test.skip(true, 'there is no packaged build yet');
});

test('workers are utility processes of their own', async ({ app }) => {
  await expect.poll(async () => (await app.state()).pool.state).toBe('healthy');
  const { workers } = (await app.state()).pool;
  const utilities = await app.electron?.evaluate(({ app: electron }) =>
    electron
      .getAppMetrics()
      .filter(({ type }) => type === 'Utility')
      .map(({ pid }) => pid),
  );
  expect(utilities).toEqual(expect.arrayContaining(workers.map(({ pid }) => pid)));
});

test('secrets are sealed by a keyring of the system, or kept in memory and said so', async ({ app }) => {
  const { secretStore } = await app.call('app.info', {});
  const backend = await app.electron?.evaluate(({ safeStorage }) =>
    process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : process.platform,
  );
  expect(secretStore.persistent).toBe(backend !== 'basic_text' && backend !== 'unknown');
});
