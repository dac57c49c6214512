/**
 * Owns an nginx that serves one folder: with ranges, ETags and an index page, once as HTML and once as
 * JSON; without ranges; and by TLS. Must not write into the folder. Packages: nginx-light, openssl. Started by run-server-tests.ts.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { answersHttp, freePorts, type RunningServer, startDaemon, waitUntil } from './daemon.ts';

export const NGINX_PACKAGES = ['nginx-light', 'openssl'] as const;

/** What the folder "locked" asks for. */
export const NGINX_SIGN_IN = { user: 'reader', password: 'open sesame' } as const;

export interface Nginx extends RunningServer {
  readonly htmlIndex: string;
  readonly jsonIndex: string;
  /** It answers every range with the whole. */
  readonly withoutRanges: string;
  readonly tlsIndex: string;
  /** The certificate that it signed itself. */
  readonly authority: string;
}

/** `state` is for its own files, `served` is the folder it shows. */
export async function startNginx(state: string, served: string): Promise<Nginx> {
  const [html, json, plain, tls] = await freePorts(4);
  mkdirSync(state, { recursive: true });
  const { certificateFile, keyFile } = await makeCertificate(state);
  writeFileSync(join(state, 'users'), `${NGINX_SIGN_IN.user}:{PLAIN}${NGINX_SIGN_IN.password}\n`);
  mkdirSync(served, { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const locked = `location /locked/ { auth_basic "locked"; auth_basic_user_file "${join(state, 'users')}"; }`;
  const site = (listen: string, format: string, rest = '') =>
    `server { listen 127.0.0.1:${listen}; root "${served}"; autoindex on; autoindex_format ${format}; autoindex_exact_size on; ${locked} ${rest} }`;
  const certificate = `ssl_certificate "${certificateFile}"; ssl_certificate_key "${keyFile}";`;
  // One process in the foreground: what we start is what we stop.
  const configuration = `
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
  sendfile on;
  keepalive_requests 100000;
${temporary.map((name) => `  ${name}_temp_path ${join(state, name)};`).join('\n')}
  ${site(`${html}`, 'html')}
  ${site(`${json}`, 'json')}
  ${site(`${plain}`, 'html', 'max_ranges 0;')}
  ${site(`${tls} ssl`, 'html', certificate)}
}
`;
  const file = join(state, 'nginx.conf');
  writeFileSync(file, configuration);
  const daemon = startDaemon('nginx', ['/usr/sbin/nginx', '-e', 'stderr', '-p', state, '-c', file], state);
  const htmlIndex = `http://127.0.0.1:${html}/`;
  try {
    await waitUntil('the first answer', () => answersHttp(htmlIndex), { daemon, timeoutMs: 10_000 });
  } catch (error) {
    await daemon.stop();
    throw error;
  }
  return {
    htmlIndex,
    jsonIndex: `http://127.0.0.1:${json}/`,
    withoutRanges: `http://127.0.0.1:${plain}/`,
    tlsIndex: `https://127.0.0.1:${tls}/`,
    authority: readFileSync(certificateFile, 'utf8'),
    stop: () => daemon.stop(),
  };
}
