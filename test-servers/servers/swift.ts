/**
 * Owns an OpenStack Swift on loopback with its S3 interface: proxy, account, container and object server, one copy, one
 * user. Packages: swift-proxy, swift-account, swift-container, swift-object, memcached. Started by run-server-tests.ts.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answersHttp, type Daemon, freePorts, type RunningServer, startDaemon, stopAll, waitUntil } from './daemon.ts';
import type { S3Address } from './s3-server.ts';

export const SWIFT_PACKAGES = ['swift-proxy', 'swift-account', 'swift-container', 'swift-object', 'memcached'] as const;

const run = promisify(execFile);
const KINDS = ['account', 'container', 'object'] as const;
/** The order matters: s3api before the authentication it feeds, copy and slo after it (Swift's s3api documentation). */
const PIPELINE =
  'catch_errors gatekeeper cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes proxy-server';

export async function startSwift(state: string): Promise<S3Address & RunningServer> {
  const [proxyPort, cachePort, ...backPorts] = await freePorts(5);
  if (proxyPort === undefined || cachePort === undefined) throw new Error('There are no free ports.');
  const rings = join(state, 'rings');
  const devices = join(state, 'devices');
  mkdirSync(rings, { recursive: true });
  mkdirSync(join(devices, 'one'), { recursive: true });
  // workers = 0: the process that we start serves by itself, so stopping it stops everything.
  const common = `bind_ip = 127.0.0.1\nworkers = 0\nuser = root\nswift_dir = ${rings}\nlog_level = ERROR\nlog_address = ${state}/no-syslog\n`;

  const daemons: Daemon[] = [];
  const start = (name: string, ...command: readonly string[]) => {
    const daemon = startDaemon(name, command, state);
    daemons.push(daemon);
    return daemon;
  };
  try {
    start('memcached', '/usr/bin/memcached', '-u', 'nobody', '-l', '127.0.0.1', '-p', String(cachePort), '-m', '64');
    for (const [index, kind] of KINDS.entries()) {
      const port = backPorts[index];
      const builder = join(rings, `${kind}.builder`);
      await run('/usr/bin/swift-ring-builder', [builder, 'create', '4', '1', '0']);
      await run('/usr/bin/swift-ring-builder', [builder, 'add', `r1z1-127.0.0.1:${port}/one`, '1']);
      await run('/usr/bin/swift-ring-builder', [builder, 'rebalance']);
      const file = join(state, `${kind}.conf`);
      writeFileSync(
        file,
        `[DEFAULT]\n${common}bind_port = ${port}\ndevices = ${devices}\nmount_check = false\ndisable_fallocate = true\n` +
          `[pipeline:main]\npipeline = ${kind}-server\n[app:${kind}-server]\nuse = egg:swift#${kind}\n`,
      );
      const daemon = start(kind, `/usr/bin/swift-${kind}-server`, file);
      await waitUntil('the first answer', () => answersHttp(`http://127.0.0.1:${port}/`), {
        daemon,
        timeoutMs: 30_000,
      });
    }
    const file = join(state, 'proxy.conf');
    writeFileSync(file, proxyConfiguration(`${common}bind_port = ${proxyPort}\n`, cachePort));
    const proxy = start('proxy', '/usr/bin/swift-proxy-server', file);
    const endpoint = `http://127.0.0.1:${proxyPort}`;
    await waitUntil('the first answer', () => answersHttp(`${endpoint}/`), { daemon: proxy, timeoutMs: 60_000 });
    return {
      endpoint,
      accessKey: 'assets:mover',
      secretKey: 'swift-secret',
      region: 'us-east-1',
      stop: () => stopAll(daemons),
    };
  } catch (error) {
    await stopAll(daemons);
    throw error;
  }
}

function proxyConfiguration(common: string, cachePort: number): string {
  const filters = PIPELINE.split(' ').filter((name) => name !== 'proxy-server');
  const settings: Readonly<Record<string, string>> = {
    cache: `memcache_servers = 127.0.0.1:${cachePort}\n`,
    s3api: 'location = us-east-1\n',
    tempauth: 'user_assets_mover = swift-secret .admin\n',
    versioned_writes: 'allow_versioned_writes = true\n',
  };
  return [
    `[DEFAULT]\n${common}[pipeline:main]\npipeline = ${PIPELINE}\n`,
    '[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\nallow_account_management = true\n',
    ...filters.map(
      (name) => `[filter:${name}]\nuse = egg:swift#${name === 'cache' ? 'memcache' : name}\n${settings[name] ?? ''}`,
    ),
  ].join('');
}
