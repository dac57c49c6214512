/**
 * Owns which provider is tried on which real server: what each needs installed, how its suite reaches it. Must not run
 * anything by itself. Called by run-server-tests.ts.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeBucket } from './peer/bucket-tool.ts';
import { APACHE_PACKAGES, startApacheWebdav } from './servers/apache-webdav.ts';
import { installAzurite, startAzurite } from './servers/azurite.ts';
import { CEPH_PACKAGES, startCephRgw } from './servers/ceph-rgw.ts';
import type { RunningServer } from './servers/daemon.ts';
import { NGINX_PACKAGES, NGINX_SIGN_IN, type Nginx, startNginx } from './servers/nginx.ts';
import { NGINX_WEBDAV_PACKAGES, startNginxWebdav } from './servers/nginx-webdav.ts';
import { RCLONE_PACKAGES, startRcloneWebdav } from './servers/rclone-webdav.ts';
import type { RunningServers } from './servers/running-servers.ts';
import type { S3Address } from './servers/s3-server.ts';
import { SFTP_PACKAGES, startSftp } from './servers/sftp.ts';
import { SWIFT_PACKAGES, startSwift } from './servers/swift.ts';
import { startTlsFront, TLS_FRONT_PACKAGES } from './servers/tls-front.ts';
import { startVsftpd, VSFTPD_PACKAGES } from './servers/vsftpd.ts';
import type { WebdavAddress } from './servers/webdav-server.ts';

/** Every suite here, by the words in which it is said that it was not run. */
export const SUITES = [
  'HTTP provider on nginx',
  'S3 provider on Ceph RGW and Swift',
  'S3 and WebDAV providers by TLS',
  'Azure provider on Azurite',
  'WebDAV provider on Apache, rclone and nginx',
  'SFTP provider on OpenSSH',
  'FTP provider on vsftpd',
  'migrations between real servers',
] as const;

const S3_SUITE = 'src-main/providers/s3/s3.servers.test.ts';
const WEBDAV_SUITE = 'src-main/providers/webdav/webdav.servers.test.ts';

export interface Bench {
  /** Installs and starts a server. null: it could not be had here, which is said, or did not start, which is a failure. */
  bringUp<Server extends RunningServer>(
    name: string,
    packages: readonly string[] | (() => void),
    start: (home: string) => Promise<Server>,
  ): Promise<Server | null>;
  run(name: string, file: string, env: NodeJS.ProcessEnv): Promise<void>;
  /** A folder for what servers need beside their own. */
  folder(name: string): string;
}

/** Starts every server and runs the suite of its provider; the servers that the migrations then use. */
export async function runProviderSuites(bench: Bench): Promise<RunningServers> {
  const folder = bench.folder('www');
  const nginx = await bench.bringUp('nginx', NGINX_PACKAGES, (home) => startNginx(home, folder));
  const rgw = await bench.bringUp('Ceph RGW', CEPH_PACKAGES, startCephRgw);
  const swift = await bench.bringUp('Swift', SWIFT_PACKAGES, startSwift);
  await runHttp(bench, nginx, folder);
  await runS3(bench, 'Ceph RGW', rgw);
  await runS3(bench, 'Swift', swift);
  const azure = await runAzure(bench);
  const webdav = await runWebdav(bench);
  await runByTls(bench, rgw, webdav);
  return {
    nginx: nginx && ofMigrations(nginx, folder),
    rgw,
    swift,
    azure,
    webdav,
    sftp: await runSftp(bench),
    ftp: await runFtp(bench),
  };
}

async function runHttp(bench: Bench, nginx: Nginx | null, folder: string): Promise<void> {
  if (nginx === null) return;
  for (const [name, address] of [
    ['its HTML index', nginx.htmlIndex],
    ['its JSON index', nginx.jsonIndex],
    ['without ranges', nginx.withoutRanges],
    ['by TLS', nginx.tlsIndex],
  ] as const) {
    await bench.run(`HTTP provider on nginx, ${name}`, 'src-main/providers/http/http.servers.test.ts', {
      TRANSSHIP_TEST_HTTP_ADDRESS: address,
      TRANSSHIP_TEST_HTTP_FOLDER: folder,
      TRANSSHIP_TEST_HTTP_USER: NGINX_SIGN_IN.user,
      TRANSSHIP_TEST_HTTP_PASSWORD: NGINX_SIGN_IN.password,
      TRANSSHIP_TEST_HTTP_AUTHORITY: nginx.authority,
    });
  }
}

/** A part of what it shows where no suite has left anything. */
function ofMigrations({ htmlIndex, jsonIndex }: Nginx, folder: string): RunningServers['nginx'] {
  const name = 'migrations';
  mkdirSync(join(folder, name));
  return { htmlIndex: `${htmlIndex}${name}/`, jsonIndex: `${jsonIndex}${name}/`, folder: join(folder, name) };
}

async function runS3(bench: Bench, name: string, server: S3Address | null): Promise<void> {
  if (server === null) return;
  const bucket = 'conformance';
  await makeBucket(server, bucket);
  await bench.run(`S3 provider on ${name}`, S3_SUITE, s3Env(server, bucket));
}

function s3Env({ endpoint, accessKey, secretKey }: S3Address, bucket: string): NodeJS.ProcessEnv {
  return {
    TRANSSHIP_TEST_S3_ENDPOINT: endpoint,
    TRANSSHIP_TEST_S3_ACCESS_KEY: accessKey,
    TRANSSHIP_TEST_S3_SECRET_KEY: secretKey,
    TRANSSHIP_TEST_S3_BUCKET: bucket,
  };
}

/** One server of each kind behind a front that ends TLS: what is different there is the way, not the service. */
async function runByTls(bench: Bench, rgw: S3Address | null, webdav: WebdavAddress | null): Promise<void> {
  const behind = [rgw?.endpoint, webdav && new URL(webdav.address).origin].filter(
    (origin) => typeof origin === 'string',
  );
  if (behind.length === 0) return;
  const front = await bench.bringUp('nginx with TLS', TLS_FRONT_PACKAGES, (home) => startTlsFront(home, behind));
  if (front === null) return;
  const secured = (address: string) =>
    address.replace(/^http:[/][/][^/]+/, (origin) => front.origins.get(origin) ?? origin);
  if (rgw !== null) {
    const bucket = 'by-tls';
    await makeBucket(rgw, bucket);
    await bench.run('S3 provider by TLS on Ceph RGW behind nginx', S3_SUITE, {
      ...s3Env({ ...rgw, endpoint: secured(rgw.endpoint) }, bucket),
      TRANSSHIP_TEST_S3_AUTHORITY: front.authority,
    });
  }
  if (webdav === null) return;
  await bench.run('WebDAV provider by TLS on Apache behind nginx', WEBDAV_SUITE, {
    ...webdavEnv({ ...webdav, address: secured(webdav.address) }, ''),
    TRANSSHIP_TEST_WEBDAV_AUTHORITY: front.authority,
  });
}

async function runAzure(bench: Bench): Promise<RunningServers['azure']> {
  const installed = bench.folder('azurite-npm');
  const azurite = await bench.bringUp(
    'Azurite',
    () => installAzurite(installed),
    (home) => startAzurite(home, installed),
  );
  if (azurite === null) return null;
  await bench.run('Azure provider on Azurite', 'src-main/providers/azure/azure.servers.test.ts', {
    TRANSSHIP_TEST_AZURE_ENDPOINT: azurite.endpoint,
    TRANSSHIP_TEST_AZURE_ACCOUNT: azurite.accountName,
    TRANSSHIP_TEST_AZURE_KEY: azurite.accountKey,
  });
  return azurite;
}

/** Traits are what the suite must know of a server (webdav.servers.test.ts). */
async function runWebdav(bench: Bench): Promise<RunningServers['webdav']> {
  const apache = await bench.bringUp('Apache', APACHE_PACKAGES, startApacheWebdav);
  const rclone = await bench.bringUp('rclone', RCLONE_PACKAGES, startRcloneWebdav);
  const nginx = await bench.bringUp('nginx with WebDAV', NGINX_WEBDAV_PACKAGES, startNginxWebdav);
  const servers: readonly (readonly [name: string, server: WebdavAddress | undefined, traits: string])[] = [
    ['Apache by Basic', apache?.basic, ''],
    ['Apache by Digest', apache?.digest, ''],
    ['rclone', rclone ?? undefined, 'keeps new keys apart'],
    ['nginx', nginx ?? undefined, 'keeps new keys apart, hides dot files'],
  ];
  for (const [name, server, traits] of servers) {
    if (server === undefined) continue;
    await bench.run(`WebDAV provider on ${name}`, WEBDAV_SUITE, webdavEnv(server, traits));
  }
  return apache?.basic ?? null;
}

function webdavEnv(server: WebdavAddress, traits: string): NodeJS.ProcessEnv {
  return {
    TRANSSHIP_TEST_WEBDAV_ADDRESS: server.address,
    TRANSSHIP_TEST_WEBDAV_LOGIN: server.login,
    TRANSSHIP_TEST_WEBDAV_USER: server.user,
    TRANSSHIP_TEST_WEBDAV_PASSWORD: server.password,
    TRANSSHIP_TEST_WEBDAV_FOLDER: server.folder,
    TRANSSHIP_TEST_WEBDAV_TRAITS: traits,
  };
}

async function runSftp(bench: Bench): Promise<RunningServers['sftp']> {
  const server = await bench.bringUp('OpenSSH', SFTP_PACKAGES, startSftp);
  if (server === null) return null;
  await bench.run('SFTP provider on OpenSSH', 'src-main/providers/sftp/', {
    TRANSSHIP_TEST_SFTP_HOST: '127.0.0.1',
    TRANSSHIP_TEST_SFTP_PORT: String(server.port),
    TRANSSHIP_TEST_SFTP_USER: server.user,
    TRANSSHIP_TEST_SFTP_PASSWORD: server.password,
    TRANSSHIP_TEST_SFTP_KEY_FILE: server.keyFile,
    TRANSSHIP_TEST_SFTP_HOST_KEY: server.hostKey,
    TRANSSHIP_TEST_SFTP_FOLDER: server.folder,
  });
  return server;
}

async function runFtp(bench: Bench): Promise<RunningServers['ftp']> {
  const server = await bench.bringUp('vsftpd', VSFTPD_PACKAGES, startVsftpd);
  if (server === null) return null;
  for (const security of ['none', 'explicit', 'implicit']) {
    await bench.run(`FTP provider on vsftpd (${security})`, 'src-main/providers/ftp/ftp.servers.test.ts', {
      TRANSSHIP_TEST_FTP_PORT: String(security === 'implicit' ? server.implicitPort : server.port),
      TRANSSHIP_TEST_FTP_SECURITY: security,
      TRANSSHIP_TEST_FTP_USER: server.user,
      TRANSSHIP_TEST_FTP_PASSWORD: server.password,
      TRANSSHIP_TEST_FTP_AUTHORITY: server.ca,
      TRANSSHIP_TEST_FTP_HOME: server.home,
    });
  }
  return server;
}
