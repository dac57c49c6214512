/**
 * Measures the whole product (jobs, database, workers, spool, proof) beside rclone with its best flags, and the AWS CLI,
 * on the same work against the same servers in the same run. Prints ratios of wall time and of processor time. Installs
 * and starts what it needs (Debian, root). Run as `npm run bench:vs-rclone [-- --rounds N] [-- --only CASE]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../scripts/build.ts';
import { makeBucket } from '../test-servers/peer/bucket-tool.ts';
import { CEPH_PACKAGES, startCephRgw } from '../test-servers/servers/ceph-rgw.ts';
import { installPackages, whyNoServers } from '../test-servers/servers/debian-packages.ts';
import { NGINX_PACKAGES, startNginx } from '../test-servers/servers/nginx.ts';
import type { S3Address } from '../test-servers/servers/s3-server.ts';
import { type BenchHouse, openBenchHouse, type Place } from './bench-house.ts';
import { type Cost, compareCosts, median } from './compare-costs.ts';
import { fillFolder } from './peers/fill-folder.ts';
import { runPeer } from './peers/run-peer.ts';

interface Case {
  readonly name: string;
  readonly title: string;
  /** Our wall time over the peer's is to be at most this. */
  readonly aim: number;
  readonly assets: number;
  readonly sizeBytes: number;
  readonly source: Place;
  readonly into: 'bucket' | 'folder';
  /** Under `never` nothing is copied inside the service: the bytes pass here, as they do with rclone's flags. */
  readonly overwrite?: 'never';
  /** `target` is a bucket or a folder, new for every run. */
  readonly peer: (target: string) => readonly string[];
}

const MIB = 1024 * 1024;
const SMALL = { assets: 2_000, sizeBytes: 16 * 1024 };
const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, only: { type: 'string' } },
});
const rounds = Number(flags.rounds);

const why = whyNoServers();
if (why !== null) {
  console.log(`not run: ${why}`);
  process.exit(0);
}
process.chdir(resolve(import.meta.dirname, '..'));
delete process.env.AWS_CA_BUNDLE;
await buildIfStale();
installPackages([...CEPH_PACKAGES, ...NGINX_PACKAGES, 'rclone', 'awscli', 'python3-boto3']);

const scratch = mkdtempSync(join(tmpdir(), 'transship-vs-'));
const served = join(scratch, 'served');
const folders = {
  small: join(served, 'small'),
  big: join(served, 'big'),
  huge: join(served, 'huge'),
};
await fillFolder(folders.small, SMALL.assets, SMALL.sizeBytes);
await fillFolder(folders.big, 4, 256 * MIB);
await fillFolder(folders.huge, 2, 512 * MIB);
mkdirSync(join(scratch, 'nginx'));
mkdirSync(join(scratch, 'ceph'));
const nginx = await startNginx(join(scratch, 'nginx'), served);
const ceph = await startCephRgw(join(scratch, 'ceph'), 10 * 1024 * MIB);
const house = await openBenchHouse(join(scratch, 'profile'));
try {
  await prepare();
  for (const each of await cases(house)) {
    if (flags.only !== undefined && flags.only !== each.name) continue;
    await measure(each);
  }
} finally {
  await house.stop();
  await ceph.stop();
  await nginx.stop();
  rmSync(scratch, { recursive: true, force: true });
}

/** rclone puts the sources where they belong, so that neither side had a hand in the other's data. */
async function prepare(): Promise<void> {
  for (const name of ['small', 'big'] as const) {
    await makeBucket(ceph, name);
    await peer(['rclone', 'copy', folders[name], `s3:${name}`, '--transfers', '8', '--s3-upload-cutoff', '1G']);
  }
}

async function cases(of: BenchHouse): Promise<readonly Case[]> {
  const s3 = await of.saveS3(ceph);
  const web = await of.saveWeb();
  const http = (name: keyof typeof folders): Place => ({ accountId: web, container: `${nginx.htmlIndex}${name}/` });
  const url = (name: keyof typeof folders): string => `${nginx.htmlIndex}${name}/`;
  const many = ['--transfers', '32', '--checkers', '32'];
  const quick = ['--s3-no-head', '--s3-no-check-bucket'];
  return [
    {
      ...SMALL,
      name: 's3-small',
      title: 'S3 → S3, 2,000 × 16 KiB, copied inside the service',
      aim: 0.8,
      source: { accountId: s3, container: 'small' },
      into: 'bucket',
      peer: (target) => [
        ...['rclone', 'copy', 's3:small', `s3:${target}`, '--disable', 'copy', ...many, ...quick],
        ...['--s3-no-head-object', '--use-server-modtime', '--size-only'],
      ],
    },
    {
      name: 's3-big',
      title: 'S3 → S3, 4 × 256 MiB, copied inside the service',
      aim: 0.9,
      assets: 4,
      sizeBytes: 256 * MIB,
      source: { accountId: s3, container: 'big' },
      into: 'bucket',
      peer: (target) => [
        ...['rclone', 'copy', 's3:big', `s3:${target}`, '--disable', 'copy', '--s3-upload-cutoff', '1G'],
        ...['--s3-disable-checksum', '--s3-no-check-bucket'],
      ],
    },
    {
      ...SMALL,
      name: 's3-small-through',
      title: 'S3 → S3, 2,000 × 16 KiB, the bytes passing here',
      aim: 0.8,
      source: { accountId: s3, container: 'small' },
      into: 'bucket',
      overwrite: 'never',
      peer: (target) => [
        ...['rclone', 'copy', 's3:small', `s3:${target}`, '--disable', 'copy', ...many, ...quick],
        ...['--s3-no-head-object', '--use-server-modtime', '--size-only'],
      ],
    },
    {
      name: 's3-big-through',
      title: 'S3 → S3, 4 × 256 MiB, the bytes passing here',
      aim: 0.9,
      assets: 4,
      sizeBytes: 256 * MIB,
      source: { accountId: s3, container: 'big' },
      into: 'bucket',
      overwrite: 'never',
      peer: (target) => [
        ...['rclone', 'copy', 's3:big', `s3:${target}`, '--disable', 'copy', '--s3-upload-cutoff', '1G'],
        ...['--s3-disable-checksum', '--s3-no-check-bucket'],
      ],
    },
    {
      ...SMALL,
      name: 'http-disk-small',
      title: 'HTTP → disk, 2,000 × 16 KiB',
      aim: 1,
      source: http('small'),
      into: 'folder',
      peer: (target) => ['rclone', 'copy', ':http:', target, '--http-url', url('small')],
    },
    {
      // We wait until the disk has it, the peer does not: on a slow disk, TMPDIR on a tmpfs shows what is left of that.
      name: 'http-disk-big',
      title: 'HTTP → disk, 2 × 512 MiB',
      aim: 1,
      assets: 2,
      sizeBytes: 512 * MIB,
      source: http('huge'),
      into: 'folder',
      peer: (target) => ['rclone', 'copy', ':http:', target, '--http-url', url('huge')],
    },
    {
      ...SMALL,
      name: 'http-s3-small',
      title: 'HTTP → S3, 2,000 × 16 KiB',
      aim: 0.9,
      source: http('small'),
      into: 'bucket',
      peer: (target) => ['rclone', 'copy', ':http:', `s3:${target}`, '--http-url', url('small'), ...many, ...quick],
    },
    {
      name: 'disk-s3-big',
      title: 'Local → S3, 4 × 256 MiB, beside the AWS CLI',
      aim: 0.8,
      assets: 4,
      sizeBytes: 256 * MIB,
      source: { accountId: 'this-computer', container: folders.big },
      into: 'bucket',
      peer: (target) => [
        ...['aws', '--endpoint-url', ceph.endpoint, 's3', 'cp', '--recursive', '--quiet'],
        ...[folders.big, `s3://${target}/`],
      ],
    },
  ];
}

/** Ours and theirs in turn, so that whatever else the machine does hits both. */
async function measure(each: Case): Promise<void> {
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const oursInto = await newTarget(each, `ours-${round}`);
    ours.push(await house.migrate(each.source, oursInto, each.assets, each.overwrite ?? 'if-different'));
    await remove(each, oursInto.container);
    const theirsInto = await newTarget(each, `theirs-${round}`);
    theirs.push(await peer(each.peer(theirsInto.container)));
    assertArrived(each, theirsInto.container);
    await remove(each, theirsInto.container);
  }
  compareCosts(each, median(ours), median(theirs));
}

async function newTarget(each: Case, name: string): Promise<Place> {
  if (each.into === 'bucket') {
    const container = `${each.name}-${name}`;
    await makeBucket(ceph, container);
    return { accountId: await house.saveS3(ceph), container };
  }
  return { accountId: 'this-computer', container: mkdtempSync(join(scratch, `${name}-`)) };
}

/**
 * Folders of many files stay until the end: without a journal, ext4 looks past each number of a file that was removed in
 * the last minutes, which made the next run's files cost twice the time (1.1 ms of CPU each).
 */
async function remove(each: Case, container: string): Promise<void> {
  if (each.into === 'bucket') await peer(['rclone', 'purge', `s3:${container}`, '--checkers', '32']);
  else if (each.assets < SMALL.assets) rmSync(container, { recursive: true });
}

/** A peer that left something out was not faster. */
function assertArrived(each: Case, container: string): void {
  const sizes =
    each.into === 'folder' ? readdirSync(container).map((name) => statSync(join(container, name)).size) : bucketSizes();
  const isWhole = sizes.length === each.assets && sizes.every((size) => size === each.sizeBytes);
  if (!isWhole) throw new Error(`The peer moved ${sizes.length} of ${each.assets} assets of ${each.title}.`);

  function bucketSizes(): number[] {
    const { stdout } = spawnSync('rclone', ['lsf', `s3:${container}`, '--format', 's'], {
      env: peerEnvironment(ceph),
      encoding: 'utf8',
      maxBuffer: 64 * MIB,
    });
    return stdout.trim().split('\n').map(Number);
  }
}

function peer(command: readonly string[]): Promise<Cost> {
  return runPeer(command, peerEnvironment(ceph));
}

function peerEnvironment({ endpoint, accessKey, secretKey }: S3Address): NodeJS.ProcessEnv {
  return {
    // Debian's own tools, whatever else stands first in the path of whoever runs this.
    PATH: '/usr/bin:/bin',
    HOME: scratch,
    RCLONE_CONFIG_S3_TYPE: 's3',
    RCLONE_CONFIG_S3_PROVIDER: 'Ceph',
    RCLONE_CONFIG_S3_ENDPOINT: endpoint,
    RCLONE_CONFIG_S3_ACCESS_KEY_ID: accessKey,
    RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: secretKey,
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_DEFAULT_REGION: 'us-east-1',
  };
}
