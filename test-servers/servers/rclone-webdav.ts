/**
 * Owns an rclone that shows one folder over WebDAV, as many people's own servers do. Package: rclone. Started by
 * run-server-tests.ts.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { answersHttp, freePorts, type RunningServer, startDaemon, waitUntil } from './daemon.ts';
import { WEBDAV_USER, type WebdavAddress } from './webdav-server.ts';

export const RCLONE_PACKAGES = ['rclone'] as const;

export async function startRcloneWebdav(state: string): Promise<WebdavAddress & RunningServer> {
  const [port] = await freePorts(1);
  const folder = join(state, 'served');
  mkdirSync(folder, { recursive: true });
  const { user, password } = WEBDAV_USER;
  const command = [
    '/usr/bin/rclone',
    'serve',
    'webdav',
    folder,
    '--config',
    '/dev/null',
    '--addr',
    `127.0.0.1:${port}`,
  ];
  // Without it rclone remembers listings for five minutes, and what the tests put there by themselves would not show.
  const fresh = ['--dir-cache-time', '0s', '--cache-dir', join(state, 'cache')];
  const daemon = startDaemon('rclone', [...command, '--user', user, '--pass', password, ...fresh], state);
  const address = `http://127.0.0.1:${port}/`;
  try {
    await waitUntil('the first answer', () => answersHttp(address), { daemon, timeoutMs: 10_000 });
  } catch (error) {
    await daemon.stop();
    throw error;
  }
  return { address, login: 'basic', folder, user, password, stop: () => daemon.stop() };
}
