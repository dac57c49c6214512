/**
 * Owns a Ceph object gateway on loopback: one monitor, one store in memory, one gateway, one user. Packages: ceph-mon,
 * ceph-osd, radosgw. Started by run-server-tests.ts.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answersHttp, type Daemon, freePorts, type RunningServer, startDaemon, stopAll, waitUntil } from './daemon.ts';
import type { S3Address } from './s3-server.ts';

export const CEPH_PACKAGES = ['ceph-mon', 'ceph-osd', 'radosgw'] as const;

const run = promisify(execFile);
const USER = { accessKey: 'rgw-access', secretKey: 'rgw-secret-of-forty-characters-or-there' };

const OSD_TRIES = 3;

/** What all objects together may take. */
const STORE_BYTES = 6 * 1024 ** 3;

export async function startCephRgw(state: string, storeBytes = STORE_BYTES): Promise<S3Address & RunningServer> {
  const [monPort, gatewayPort] = await freePorts(2);
  if (monPort === undefined || gatewayPort === undefined) throw new Error('There are no free ports.');
  const cluster = { fsid: randomUUID(), monPort, gatewayPort, state, storeBytes };
  const file = join(state, 'ceph.conf');
  for (const folder of ['mon', 'osd', 'gateway']) mkdirSync(join(state, folder), { recursive: true });
  writeFileSync(file, configuration(cluster));
  const ceph = (...args: readonly string[]) => run('/usr/bin/ceph', ['-c', file, '--connect-timeout', '5', ...args]);
  const says = async (expected: RegExp, ...args: readonly string[]) => {
    // An answer that does not come yet is the state we are waiting to leave.
    const { stdout } = await ceph(...args).catch(() => ({ stdout: '' }));
    return expected.test(stdout);
  };

  const daemons: Daemon[] = [];
  const start = (name: string, ...command: readonly string[]) => {
    const daemon = startDaemon(name, [...command, '-c', file, '-f'], state);
    daemons.push(daemon);
    return daemon;
  };
  try {
    const map = join(state, 'monmap');
    await run('/usr/bin/monmaptool', [
      '--create',
      '--fsid',
      cluster.fsid,
      '--addv',
      'a',
      `[v1:127.0.0.1:${monPort}]`,
      map,
    ]);
    await run('/usr/bin/ceph-mon', ['-c', file, '-i', 'a', '--mkfs', '--monmap', map]);
    const mon = start('mon', '/usr/bin/ceph-mon', '-i', 'a');
    await waitUntil('a quorum', () => says(/1 mons at/, 'mon', 'stat'), { daemon: mon, timeoutMs: 60_000 });

    const osdId = randomUUID();
    await ceph('osd', 'new', osdId);
    await run('/usr/bin/ceph-osd', ['-c', file, '-i', '0', '--mkfs', '--osd-uuid', osdId]);
    for (let tries = 1; ; tries += 1) {
      const osd = start(`osd-${tries}`, '/usr/bin/ceph-osd', '-i', '0');
      try {
        await waitUntil('the store being up', () => says(/1 up/, 'osd', 'stat'), { daemon: osd, timeoutMs: 60_000 });
        break;
      } catch (error) {
        // On a busy machine it sometimes gives up while it registers with the monitor, and comes up the next time.
        if (osd.ended() === null || tries === OSD_TRIES) throw error;
      }
    }

    const gateway = start('gateway', '/usr/bin/radosgw', '-n', 'client.gateway');
    const endpoint = `http://127.0.0.1:${gatewayPort}`;
    await waitUntil('the first answer', () => answersHttp(endpoint), { daemon: gateway, timeoutMs: 120_000 });
    await run('/usr/bin/radosgw-admin', [
      ...['-c', file, '-n', 'client.gateway', 'user', 'create', '--uid=tester', '--display-name=tester'],
      ...[`--access-key=${USER.accessKey}`, `--secret-key=${USER.secretKey}`],
    ]);
    return { endpoint, ...USER, region: 'us-east-1', stop: () => stopAll(daemons) };
  } catch (error) {
    await stopAll(daemons);
    throw error;
  }
}

/** No keys between the daemons, one copy of everything, everything below `state`. */
function configuration(cluster: {
  fsid: string;
  monPort: number;
  gatewayPort: number;
  state: string;
  storeBytes: number;
}): string {
  const { fsid, monPort, gatewayPort, state, storeBytes } = cluster;
  const quiet = [
    'mon',
    'osd',
    'ms',
    'rgw',
    'paxos',
    'auth',
    'objecter',
    'tick',
    'monc',
    'rados',
    'objclass',
    'memstore',
  ];
  return `[global]
fsid = ${fsid}
mon initial members = a
mon host = v1:127.0.0.1:${monPort}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
keyring = /dev/null
run dir = ${state}
admin socket = ${state}/$name.asok
pid file =
log file = /dev/null
mon cluster log file = /dev/null
log to stderr = true
err to stderr = true
${quiet.map((part) => `debug ${part} = 0/0`).join('\n')}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd crush chooseleaf type = 0
osd class update on start = false
osd objectstore = memstore
memstore device bytes = ${storeBytes}
mon allow pool size one = true
mon data avail warn = 2
mon data avail crit = 1
[mon.a]
mon data = ${state}/mon
[osd.0]
osd data = ${state}/osd
[client.gateway]
rgw data = ${state}/gateway
# What is removed gives its room back at once, not after two hours.
rgw gc obj min wait = 1
rgw gc processor period = 2
rgw gc processor max time = 60
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
`;
}
