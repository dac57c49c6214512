/**
 * Owns how a connection comes about: TCP, the host key, signing in, the SFTP subsystem. Nothing secret is sent before
 * the host key matched. Must not keep connections. Called by session-pool.ts.
 */
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import ssh2, { type AnyAuthMethod, type Client, type ClientErrorExtensions, type SFTPWrapper } from 'ssh2';
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';
import { networkFailure } from '../wire/network-failure.ts';
import { SftpSession } from './sftp-session.ts';
import type { SftpSettings } from './sftp-settings.ts';

/** A host that does not even accept within this is not there. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Key exchange and signing in. Servers look up names meanwhile, and let a wrong password wait for seconds. */
const HANDSHAKE_TIMEOUT_MS = 30_000;
/** The subsystem is a process that the server starts. */
const START_TIMEOUT_MS = 15_000;
/** Questions to a silent server; a dead one is noticed after four of them. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_MISSES = 3;

/** How far connecting comes, in order. The connection test names its steps by it. */
export const STAGES = ['connect', 'host key', 'sign in', 'start SFTP'] as const;
export type Stage = (typeof STAGES)[number];

export class ConnectFailureError extends FailureError {
  readonly stage: Stage;

  constructor(stage: Stage, code: FailureCode, message: string, extras: FailureExtras, cause?: unknown) {
    super(failure(code, message, extras), { cause });
    this.name = 'ConnectFailureError';
    this.stage = stage;
  }
}

/** Throws ConnectFailureError, or the signal's reason. */
export async function connectSftp(settings: SftpSettings, signal: AbortSignal): Promise<SftpSession> {
  const socket = await openSocket(settings, signal);
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const client = await signIn(settings, socket);
    const sftp = await startSftp(settings, client);
    signal.throwIfAborted();
    return new SftpSession(client, sftp, socket, settings.host);
  } catch (thrown) {
    socket.destroy();
    signal.throwIfAborted();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function openSocket({ host, port }: SftpSettings, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  const field = 'options.host';
  const opened = Promise.withResolvers<void>();
  const stop = (): void => opened.reject(signal.reason);
  const limit = setTimeout(() => {
    const hint = 'Check the host and the port, and that no firewall is between.';
    opened.reject(new ConnectFailureError('connect', 'timeout', `${host} did not answer in time.`, { field, hint }));
  }, CONNECT_TIMEOUT_MS);
  signal.addEventListener('abort', stop, { once: true });
  socket.once('connect', opened.resolve);
  // Stays on: an error may come in the moment before ssh2 listens.
  socket.on('error', opened.reject);
  try {
    signal.throwIfAborted();
    await opened.promise;
    return socket;
  } catch (thrown) {
    socket.destroy();
    const known = networkFailure(thrown, `${host}:${port}`, signal, { field });
    if (known === thrown || !(known instanceof FailureError)) throw known;
    throw new ConnectFailureError('connect', known.failure.code, known.message, known.failure, thrown);
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', stop);
  }
}

function signIn(settings: SftpSettings, socket: Socket): Promise<Client> {
  const client = new ssh2.Client();
  let stage: Stage = 'connect';
  let refused: ConnectFailureError | null = null;
  let agentProblem = '';
  return new Promise<Client>((resolve, reject) => {
    client.on('error', (error: Error & ClientErrorExtensions) => {
      // The agent is one way of signing in; the others are still tried.
      if (error.level === 'agent') agentProblem = error.message;
      else reject(refused ?? meaningOf(error, stage, settings, agentProblem));
    });
    client.once('close', () => reject(refused ?? meaningOf(new Error('it hung up'), stage, settings, agentProblem)));
    client.once('change password', () => reject(passwordIsOver(settings)));
    client.once('ready', () => resolve(client));
    client.connect({
      sock: socket,
      username: settings.user,
      authHandler: waysToSignIn(settings),
      readyTimeout: HANDSHAKE_TIMEOUT_MS,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVE_MISSES,
      hostVerifier: (key: Buffer): boolean => {
        refused = judgeHostKey(settings, key);
        stage = refused === null ? 'sign in' : 'host key';
        return refused === null;
      },
    });
  });
}

/** Those of a server that asks for several come one after the other, too. */
function waysToSignIn({ user: username, password, privateKey, agent }: SftpSettings): AnyAuthMethod[] {
  const ways: AnyAuthMethod[] = [];
  if (privateKey !== null) ways.push({ type: 'publickey', username, key: privateKey });
  if (agent !== null) ways.push({ type: 'agent', username, agent });
  if (password === null) return ways;
  ways.push({ type: 'password', username, password });
  // Many servers ask for the password as a question whose answer is not shown.
  ways.push({
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(({ echo }) => (echo === true ? '' : password))),
  });
  return ways;
}

function judgeHostKey({ host, hostKey }: SftpSettings, key: Buffer): ConnectFailureError | null {
  const seen = fingerprint(key);
  if (seen === hostKey) return null;
  const field = 'options.hostKey';
  // A key begins with the length and the name of its type (RFC 4253, section 6.6).
  const type = `key of type ${key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')}`;
  if (hostKey === null) {
    const message = `${host} shows a ${type} with the fingerprint ${seen}. It is not trusted yet.`;
    const hint = `Compare it with what the operator of the server says. If it is the same, paste ${seen} as the host key fingerprint of the account.`;
    return new ConnectFailureError('host key', 'invalid-input', message, { field, hint });
  }
  const message = `${host} shows a ${type} with the fingerprint ${seen}, and not the one of this account.`;
  const hint =
    'Somebody may stand between. Ask the operator whether the key was changed, or whether the fingerprint of the account is that ' +
    `of another of its keys; only then paste ${seen} there.`;
  return new ConnectFailureError('host key', 'permission-denied', message, { field, hint });
}

/** As `ssh-keygen -lf` prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** What ssh2 says of a server that closes before it said anything: too many who are not signed in, or a ban. */
const HUNG_UP = /^Connection lost/;

function meaningOf(
  error: Error & ClientErrorExtensions,
  stage: Stage,
  settings: SftpSettings,
  agentProblem: string,
): ConnectFailureError {
  const { host, user } = settings;
  if (error.level === 'client-authentication') {
    const agent = agentProblem === '' ? '' : ` The SSH agent says: ${agentProblem}.`;
    return new ConnectFailureError(
      'sign in',
      'auth-expired',
      `${host} does not let "${user}" in with what this account has.${agent}`,
      { field: fieldOfSecret(settings), hint: 'Check the user name, and the password or the key.' },
      error,
    );
  }
  const field = stage === 'sign in' ? fieldOfSecret(settings) : 'options.host';
  if (error.level === 'client-timeout') {
    return new ConnectFailureError(stage, 'timeout', `${host} fell silent before it let us in.`, { field }, error);
  }
  // No algorithm in common, or no SSH at all: another attempt meets the same. A busy server hangs up instead.
  const isLasting = (error.level === 'handshake' || error.level === 'protocol') && !HUNG_UP.test(error.message);
  const hint = isLasting ? 'Check that an SSH server listens on this port, and that it is not too old.' : '';
  const message = `No session with ${host}: ${error.message}.`;
  return new ConnectFailureError(stage, 'network', message, { field, hint, retryable: !isLasting }, error);
}

function passwordIsOver({ host, user }: SftpSettings): ConnectFailureError {
  return new ConnectFailureError('sign in', 'auth-expired', `${host} wants "${user}" to choose a new password.`, {
    field: 'secrets.password',
    hint: 'Sign in with an SSH program to choose one, then enter it here.',
  });
}

function fieldOfSecret({ privateKey, agent }: SftpSettings): string {
  if (privateKey !== null) return 'secrets.privateKey';
  return agent === null ? 'secrets.password' : 'options.useAgent';
}

async function startSftp({ host }: SftpSettings, client: Client): Promise<SFTPWrapper> {
  const answered = new AbortController();
  const starting = new Promise<SFTPWrapper>((resolve, reject) => {
    client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
  });
  const late = wait(START_TIMEOUT_MS, null, { signal: answered.signal }).then(() => {
    throw new Error('it did not start in time');
  });
  try {
    return await Promise.race([starting, late]);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `${host} let us in, but offers no SFTP: ${reason}.`;
    const hint = 'The user may have SSH only, or a start-up script of the shell prints something.';
    throw new ConnectFailureError('start SFTP', 'unsupported', message, { field: 'options.user', hint }, thrown);
  } finally {
    late.catch(() => undefined);
    answered.abort();
  }
}
