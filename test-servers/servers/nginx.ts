/**
 * Owns an nginx that serves one folder: with ranges, ETags and an index page, once as HTML and once as JSON.
 * Must not write into the folder. Package: nginx-light. Started by run-server-tests.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersHttp, freePorts, type RunningServer, startDaemon, waitUntil } from './daemon.ts';

export const NGINX_PACKAGES = ['nginx-light'] as const;

export interface Nginx extends RunningServer {
  readonly htmlIndex: string;
  readonly jsonIndex: string;
}

/** `state` is for its own files, `served` is the folder it shows. */
export async function startNginx(state: string, served: string): Promise<Nginx> {
  const [html, json] = await freePorts(2);
  mkdirSync(state, { recursive: true });
  mkdirSync(served, { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const site = (port: number | undefined, format: string) =>
    `server { listen 127.0.0.1:${port}; root "${served}"; autoindex on; autoindex_format ${format}; autoindex_exact_size on; }`;
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
  ${site(html, 'html')}
  ${site(json, 'json')}
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
  return { htmlIndex, jsonIndex: `http://127.0.0.1:${json}/`, stop: () => daemon.stop() };
}
