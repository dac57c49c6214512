/**
 * Owns two vsftpd on loopback over one home folder: plain FTP and explicit TLS on one port, implicit TLS on the other.
 * Both demand that data connections go on with the TLS session of their control connection. Makes a system user, which
 * is removed at the stop. Package: vsftpd. Started by run-server-tests.ts.
 */
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeCertificate } from './certificate.ts';
import { type Daemon, freePorts, type RunningServer, startDaemon, stopAll, waitUntil } from './daemon.ts';

export const VSFTPD_PACKAGES = ['vsftpd', 'openssl'] as const;

const run = promisify(execFile);

export interface Vsftpd extends RunningServer {
  readonly port: number;
  readonly implicitPort: number;
  readonly user: string;
  readonly password: string;
  /** The certificate that it signed itself. */
  readonly ca: string;
  /** What the user sees as "/". */
  readonly home: string;
}

export async function startVsftpd(state: string): Promise<Vsftpd> {
  const [port, implicitPort] = await freePorts(2);
  if (port === undefined || implicitPort === undefined) throw new Error('There are no free ports.');
  const user = `transship-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  // The server gives up its rights, so the folder and everything above it must be open to the user.
  const home = mkdtempSync(join(tmpdir(), 'transship-ftp-home-'));
  chmodSync(home, 0o755);
  mkdirSync(join(state, 'empty'));
  await makeCertificate(state);
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    await stopAll(daemons);
    await run('userdel', [user]);
    rmSync(home, { recursive: true, force: true });
  };
  await run('useradd', ['--no-create-home', '--home-dir', home, '--shell', '/bin/sh', user]);
  try {
    const change = spawnSync('chpasswd', { input: `${user}:${password}\n`, encoding: 'utf8' });
    if (change.status !== 0) throw new Error(`chpasswd failed: ${change.stderr}`);
    await run('chown', [user, home]);
    for (const [name, number, isImplicit] of [
      ['ftp', port, false],
      ['ftps', implicitPort, true],
    ] as const) {
      const file = join(state, `${name}.conf`);
      writeFileSync(file, configuration(state, home, number, isImplicit), { mode: 0o600 });
      const daemon = startDaemon(name, ['/usr/sbin/vsftpd', file], state);
      daemons.push(daemon);
      await waitUntil('the first connection', () => accepts(number), { daemon, timeoutMs: 10_000 });
    }
    const ca = readFileSync(join(state, 'tls.crt'), 'utf8');
    return { port, implicitPort, user, password, ca, home, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(state: string, home: string, port: number, isImplicit: boolean): string {
  const settings: Readonly<Record<string, string | number | boolean>> = {
    listen: true,
    listen_address: '127.0.0.1',
    listen_port: port,
    background: false,
    anonymous_enable: false,
    local_enable: true,
    write_enable: true,
    local_umask: '022',
    chroot_local_user: true,
    allow_writeable_chroot: true,
    local_root: home,
    secure_chroot_dir: join(state, 'empty'),
    pam_service_name: 'vsftpd',
    // Its list of allowed system calls is older than the kernels it meets.
    seccomp_sandbox: false,
    utf8_filesystem: true,
    use_localtime: false,
    pasv_address: '127.0.0.1',
    max_clients: 200,
    max_per_ip: 200,
    xferlog_enable: false,
    ssl_enable: true,
    implicit_ssl: isImplicit,
    force_local_logins_ssl: isImplicit,
    force_local_data_ssl: isImplicit,
    require_ssl_reuse: true,
    ssl_ciphers: 'HIGH',
    rsa_cert_file: join(state, 'tls.crt'),
    rsa_private_key_file: join(state, 'tls.key'),
  };
  const word = (value: string | number | boolean) => (typeof value === 'boolean' ? (value ? 'YES' : 'NO') : value);
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${word(value)}\n`)
    .join('');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
