/**
 * Owns which servers a run has, as run-server-tests.ts hands them to the suites through the environment. Must not start
 * any. A server that is null could not be had; its suites skip.
 */
import type { Azurite } from './azurite.ts';
import type { S3Address } from './s3-server.ts';
import type { SftpServer } from './sftp.ts';
import type { Vsftpd } from './vsftpd.ts';
import type { WebdavAddress } from './webdav-server.ts';

export interface RunningServers {
  readonly nginx: { readonly htmlIndex: string; readonly jsonIndex: string; readonly folder: string } | null;
  readonly rgw: S3Address | null;
  readonly swift: S3Address | null;
  readonly azure: Pick<Azurite, 'endpoint' | 'accountName' | 'accountKey'> | null;
  readonly webdav: WebdavAddress | null;
  readonly sftp: Omit<SftpServer, 'stop'> | null;
  readonly ftp: Omit<Vsftpd, 'stop'> | null;
}

/** The environment variable that carries them, as JSON. */
export const SERVERS_VARIABLE = 'TRANSSHIP_TEST_SERVERS';

export function readServers(env: NodeJS.ProcessEnv = process.env): RunningServers {
  const text = env[SERVERS_VARIABLE];
  if (text === undefined) throw new Error('Start this suite with "npm run test:servers", which starts its servers.');
  return JSON.parse(text) as RunningServers;
}
