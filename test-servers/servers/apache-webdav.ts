/**
 * Owns an Apache with mod_dav on loopback, the reference among WebDAV servers: one folder with Basic, one with Digest.
 * Packages: apache2-bin, media-types. Started by run-server-tests.ts.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { answersHttp, freePorts, type RunningServer, startDaemon, waitUntil } from './daemon.ts';
import { WEBDAV_USER, type WebdavAddress } from './webdav-server.ts';

export const APACHE_PACKAGES = ['apache2-bin', 'media-types'] as const;

const MODULES = [
  'mpm_event',
  'authn_core',
  'authn_file',
  'authz_core',
  'authz_user',
  'auth_basic',
  'auth_digest',
  'alias',
  'mime',
  'dav',
  'dav_fs',
];
const REALM = 'assets';

export interface ApacheWebdav extends RunningServer {
  readonly basic: WebdavAddress;
  readonly digest: WebdavAddress;
}

export async function startApacheWebdav(state: string): Promise<ApacheWebdav> {
  const [port] = await freePorts(1);
  const folders = { basic: join(state, 'basic'), digest: join(state, 'digest') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  // Apache does not serve as root, so its own user must get at the folders.
  chmodSync(dirname(state), 0o711);
  execFileSync('chown', ['-R', 'www-data', state]);
  const { user, password } = WEBDAV_USER;
  const sha1 = createHash('sha1').update(password).digest('base64');
  const ha1 = createHash('md5').update(`${user}:${REALM}:${password}`).digest('hex');
  writeFileSync(join(state, 'basic.users'), `${user}:{SHA}${sha1}\n`);
  writeFileSync(join(state, 'digest.users'), `${user}:${REALM}:${ha1}\n`);
  const place = (kind: 'basic' | 'digest', type: string) => `
Alias /${kind}/ "${folders[kind]}/"
<Directory "${folders[kind]}">
  Dav On
  AuthType ${type}
  AuthName ${REALM}
  Auth${type === 'Basic' ? 'Basic' : 'Digest'}Provider file
  AuthUserFile "${join(state, `${kind}.users`)}"
  Require valid-user
</Directory>`;
  const configuration = `
${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
User www-data
Group www-data
PidFile "${join(state, 'apache.pid')}"
DefaultRuntimeDir "${state}"
ErrorLog /dev/stderr
LogLevel error
TypesConfig /etc/mime.types
DavLockDB "${join(state, 'locks')}"
LimitRequestBody 0
MaxKeepAliveRequests 0
${place('basic', 'Basic')}
${place('digest', 'Digest')}
`;
  const file = join(state, 'apache.conf');
  writeFileSync(file, configuration);
  const daemon = startDaemon('apache', ['/usr/sbin/apache2', '-d', state, '-f', file, '-DFOREGROUND'], state);
  const top = `http://127.0.0.1:${port}/`;
  try {
    await waitUntil('the first answer', () => answersHttp(top), { daemon, timeoutMs: 10_000 });
  } catch (error) {
    await daemon.stop();
    throw error;
  }
  const at = (kind: 'basic' | 'digest') => ({
    address: `${top}${kind}/`,
    login: kind,
    folder: folders[kind],
    ...WEBDAV_USER,
  });
  return { basic: at('basic'), digest: at('digest'), stop: () => daemon.stop() };
}
