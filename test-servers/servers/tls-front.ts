/**
 * Owns an nginx on loopback that ends TLS before other servers, as people put one before an S3 service or a WebDAV
 * server, with a certificate of a private authority. Must not know what is behind it beyond what such a front has to.
 * Package: nginx-light. Started by run-server-tests.ts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestCertificate } from '../../src-main/providers/wire/test-certificates.ts';
import { answersHttp, freePorts, type RunningServer, startDaemon, waitUntil } from './daemon.ts';

export const TLS_FRONT_PACKAGES = ['nginx-light'] as const;

export interface TlsFront extends RunningServer {
  /** By the origin that is behind: the origin to ask, with https. */
  readonly origins: ReadonlyMap<string, string>;
  /** The certificate of the authority, as PEM. */
  readonly authority: string;
}

/** `behind` are origins with http. */
export async function startTlsFront(state: string, behind: readonly string[]): Promise<TlsFront> {
  const [plainPort = 0, ...ports] = await freePorts(behind.length + 1);
  const authority = makeTestCertificate({ name: 'Private authority', by: null, isAuthority: true });
  const { certificate, key } = makeTestCertificate({ name: 'front', by: authority, hosts: ['127.0.0.1'] });
  writeFileSync(join(state, 'tls.crt'), certificate);
  writeFileSync(join(state, 'tls.key'), key, { mode: 0o600 });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const site = (origin: string, index: number) => `
  upstream behind${index} { server ${new URL(origin).host}; keepalive 64; }
  server {
    listen 127.0.0.1:${ports[index]} ssl;
    ssl_certificate "${join(state, 'tls.crt')}";
    ssl_certificate_key "${join(state, 'tls.key')}";
    # The number of the client's connection.
    add_header x-front-connection $connection always;
    location / {
      # Without a path here, the path goes on as it came.
      proxy_pass http://behind${index};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_request_buffering off;
      proxy_buffering off;
    }
  }`;
  writeFileSync(
    join(state, 'nginx.conf'),
    `
daemon off;
master_process off;
user root;
pid ${join(state, 'nginx.pid')};
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_max_body_size 0;
  keepalive_requests 100000;
  large_client_header_buffers 8 64k;
  ignore_invalid_headers off;
${temporary.map((name) => `  ${name}_temp_path "${join(state, name)}";`).join('\n')}
  server { listen 127.0.0.1:${plainPort}; return 204; }
${behind.map(site).join('\n')}
}
`,
  );
  const command = ['/usr/sbin/nginx', '-e', 'stderr', '-p', state, '-c', join(state, 'nginx.conf')];
  const daemon = startDaemon('front', command, state);
  try {
    const isUp = () => answersHttp(`http://127.0.0.1:${plainPort}/`);
    await waitUntil('the first answer', isUp, { daemon, timeoutMs: 10_000 });
  } catch (error) {
    await daemon.stop();
    throw error;
  }
  const origins = new Map(behind.map((origin, index) => [origin, `https://127.0.0.1:${ports[index]}`]));
  return { origins, authority: authority.certificate, stop: () => daemon.stop() };
}
