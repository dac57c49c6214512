/**
 * Owns an OpenSSH server on loopback with keys of its own and a system user made for the run, who signs in with a
 * password or a key and has SFTP only. Must leave no user behind. Package: openssh-server. Started by
 * run-server-tests.ts.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type RunningServer, startDaemon, waitUntil } from './daemon.ts';

export const SFTP_PACKAGES = ['openssh-server', 'openssh-client'] as const;

export interface SftpServer extends RunningServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly keyFile: string;
  /** As `ssh-keygen -lf` prints it. */
  readonly hostKey: string;
  /** Where a login begins; a folder of this computer. */
  readonly folder: string;
}

/** `state` is for its own files. */
export async function startSftp(state: string): Promise<SftpServer> {
  const [port = 0] = await freePorts(1);
  const user = `transship-${process.pid}`;
  const password = randomBytes(12).toString('base64url');
  // The user must come in, and the folder of the run is closed to others.
  const folder = mkdtempSync(join(tmpdir(), 'transship-sftp-'));
  const hostKeyFile = join(state, 'host_ed25519');
  const keyFile = join(state, 'client_ed25519');
  // sshd gives up its rights there.
  mkdirSync('/run/sshd', { recursive: true });
  for (const file of [hostKeyFile, keyFile]) run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  run('useradd', ['--no-create-home', '--home-dir', folder, '--shell', '/bin/sh', user]);
  const forget = (): void => {
    run('userdel', [user]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    run('chpasswd', [], `${user}:${password}\n`);
    run('chown', [user, folder]);
    chmodSync(folder, 0o755);
    const authorized = join(folder, '.ssh-keys-of-this-run');
    cpSync(`${keyFile}.pub`, authorized);
    const file = join(state, 'sshd_config');
    writeFileSync(file, configuration({ port, user, hostKeyFile, authorized }));
    const daemon = startDaemon('sshd', ['/usr/sbin/sshd', '-D', '-e', '-f', file], state);
    const stop = async (): Promise<void> => {
      await daemon.stop();
      forget();
    };
    await waitUntil('the first greeting', () => greets(port), { daemon, timeoutMs: 10_000 });
    const hostKey = run('ssh-keygen', ['-lf', `${hostKeyFile}.pub`]).split(' ')[1] ?? '';
    return { port, user, password, keyFile, hostKey, folder, stop };
  } catch (error) {
    forget();
    throw error;
  }
}

function configuration(names: {
  readonly port: number;
  readonly user: string;
  readonly hostKeyFile: string;
  readonly authorized: string;
}): string {
  return `
Port ${names.port}
ListenAddress 127.0.0.1
HostKey ${names.hostKeyFile}
PidFile none
UsePAM no
PasswordAuthentication yes
KbdInteractiveAuthentication no
StrictModes no
AuthorizedKeysFile ${names.authorized}
AllowUsers ${names.user}
AllowTcpForwarding no
Subsystem sftp internal-sftp
ForceCommand internal-sftp
LogLevel ERROR
`;
}

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input });
  if (error !== undefined || status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => end(data.toString('latin1').startsWith('SSH-')));
    // Not up yet; the caller asks again.
    socket.once('error', () => end(false));
  });
}
