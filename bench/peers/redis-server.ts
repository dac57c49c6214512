/**
 * Owns a Redis of the bench's own on a free loopback port, which it installs from Debian's package where it may. Must
 * not be used by the product. Called by bullmq.ts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startDaemon, waitUntil } from '../../test-servers/servers/daemon.ts';
import { installPackages, whyNoServers } from '../../test-servers/servers/debian-packages.ts';

export interface RedisServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * `keeps`: what reaches the disk. `everysec`, as a queue that must survive a crash is run, loses at most a second;
 * `nothing` is the fastest. Throws when it cannot be had; says why.
 */
export async function startRedis(keeps: 'everysec' | 'nothing'): Promise<RedisServer> {
  if (!isThere()) {
    const why = whyNoServers();
    if (why !== null) throw new Error(`no redis-server; ${why}`);
    installPackages(['redis-server']);
  }
  const folder = mkdtempSync(join(tmpdir(), 'transship-redis-'));
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('There is no free port.');
  const disk = keeps === 'everysec' ? ['--appendonly', 'yes', '--appendfsync', 'everysec'] : ['--appendonly', 'no'];
  const command = ['redis-server', '--port', `${port}`, '--bind', '127.0.0.1', '--save', '', ...disk];
  const daemon = startDaemon('redis', command, folder);
  const stop = async (): Promise<void> => {
    await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil('the first answer', () => answers(port), { daemon, timeoutMs: 10_000 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

function isThere(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
