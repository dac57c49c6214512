/**
 * Owns an nginx with its WebDAV modules on loopback; the least of the three: no ETags in listings, no If-None-Match.
 * Packages: nginx-light, libnginx-mod-http-dav-ext. Started by run-server-tests.ts.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersHttp, freePorts, type RunningServer, startDaemon, waitUntil } from './daemon.ts';
import { WEBDAV_USER, type WebdavAddress } from './webdav-server.ts';

export const NGINX_WEBDAV_PACKAGES = ['nginx-light', 'libnginx-mod-http-dav-ext'] as const;

export async function startNginxWebdav(state: string): Promise<WebdavAddress & RunningServer> {
  const [port] = await freePorts(1);
  const folder = join(state, 'served');
  mkdirSync(folder, { recursive: true });
  const { user, password } = WEBDAV_USER;
  writeFileSync(join(state, 'users'), `${user}:{SHA}${createHash('sha1').update(password).digest('base64')}\n`);
  const temporary = ['client_body', 'proxy', 'fastcgi'];
  const configuration = `
load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
daemon off;
master_process off;
user root;
pid ${join(state, 'nginx.pid')};
error_log stderr warn;
events { worker_connections 512; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  client_max_body_size 0;
  dav_ext_lock_zone zone=locks:1m;
${temporary.map((name) => `  ${name}_temp_path "${join(state, name)}";`).join('\n')}
  server {
    listen 127.0.0.1:${port};
    root "${folder}";
    auth_basic assets;
    auth_basic_user_file "${join(state, 'users')}";
    location / {
      dav_methods PUT DELETE MKCOL COPY MOVE;
      dav_ext_methods PROPFIND OPTIONS LOCK UNLOCK;
      dav_ext_lock zone=locks;
      create_full_put_path on;
    }
  }
}
`;
  const file = join(state, 'nginx.conf');
  writeFileSync(file, configuration);
  const daemon = startDaemon('nginx', ['/usr/sbin/nginx', '-e', 'stderr', '-p', state, '-c', file], state);
  const address = `http://127.0.0.1:${port}/`;
  try {
    await waitUntil('the first answer', () => answersHttp(address), { daemon, timeoutMs: 10_000 });
  } catch (error) {
    await daemon.stop();
    throw error;
  }
  return { address, login: 'basic', folder, user, password, stop: () => daemon.stop() };
}
