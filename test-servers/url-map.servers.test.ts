/**
 * Proves that a URL map redirects every asset, however it is called, on a real nginx and a real Apache that read the
 * file as it was made. Run by `npm run test:servers`; a server that is not installed is skipped by name.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { collect, evidenceOf, storedMigration } from '../src-main/evidence/evidence-under-test.ts';
import { openEvidence } from '../src-main/evidence/open-evidence.ts';
import type { UrlMapFormat } from '../src-shared/model/evidence.ts';
import { answersHttp, type Daemon, freePorts, startDaemon, waitUntil } from './servers/daemon.ts';

const KEYS = [
  'a/b.jpg',
  'two words.jpg',
  `it's "quoted" \\ back.jpg`,
  '100%25 %.jpg',
  'é́/日本😀.jpg',
  `$1 $${'{x}'} $uri $transship_new_url %1 %${'{HTTP_HOST}'}.jpg`,
  '~^(a|b)*+?[c]{2};#.jpg',
  'a&c=d;e,f!@:.jpg',
  'default',
  'include',
  '#first.jpg',
  'a\tb.jpg',
  'plus+sign.jpg',
  'Upper.JPG',
] as const;

interface Pair {
  readonly sourceKey: string;
  readonly oldUrl: string;
  readonly newUrl: string;
}

async function mapOf(format: UrlMapFormat): Promise<string> {
  const { chunks } = openEvidence(
    storedMigration({ counts: { completed: KEYS.length } }),
    {
      kind: 'url-map',
      migrationId: 3,
      format,
      oldBase: { url: 'http://localhost/static', prefix: '' },
      newBase: { url: 'https://new.example/a$b/', prefix: 'archive/' },
    },
    async () => KEYS.map((key, index) => evidenceOf(index + 1, key, `archive/${key}`)),
  );
  return collect(chunks());
}

const folder = mkdtempSync(join(tmpdir(), 'transship-url-map-'));
const daemons: Daemon[] = [];
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The path goes out as it is written here. */
function locationOf(port: number, path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host: `localhost:${port}` } }, (response) => {
      response.resume();
      resolve(response.statusCode === 301 ? response.headers.location : `status ${response.statusCode}`);
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function expectRedirects(port: number): Promise<void> {
  const pairs = JSON.parse(await mapOf('json')) as Pair[];
  expect(pairs).toHaveLength(KEYS.length);
  for (const { oldUrl, newUrl, sourceKey } of pairs) {
    const path = new URL(oldUrl).pathname;
    expect([sourceKey, await locationOf(port, path)]).toEqual([sourceKey, newUrl]);
    // Spelled otherwise, every byte of the name encoded, it is the same asset.
    const spelled = [...Buffer.from(sourceKey)].map((byte) =>
      byte === 0x2f ? '/' : `%${byte.toString(16).padStart(2, '0')}`,
    );
    expect([sourceKey, await locationOf(port, `/static/${spelled.join('')}`)]).toEqual([sourceKey, newUrl]);
  }
  expect(await locationOf(port, '/static/unknown.jpg')).toBe('status 404');
}

const NGINX = '/usr/sbin/nginx';
const APACHE = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';

describe.skipIf(!existsSync(NGINX))('nginx (skipped when it is not installed)', () => {
  test('redirects every asset by the map', async () => {
    const home = join(folder, 'nginx');
    mkdirSync(home);
    const [port = 0] = await freePorts(1);
    writeFileSync(join(home, 'urls.conf'), await mapOf('nginx'));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    writeFileSync(
      join(home, 'nginx.conf'),
      `daemon off; master_process off; user root; pid ${join(home, 'pid')}; error_log stderr warn;
events {}
http {
  access_log off; map_hash_max_size 2048; map_hash_bucket_size 8192;
  ${temporary.map((name) => `${name}_temp_path ${join(home, name)};`).join(' ')}
  include ${join(home, 'urls.conf')};
  server {
    listen 127.0.0.1:${port}; root ${home};
    if ($transship_new_url) { return 301 $transship_new_url; }
    location / { return 404; }
  }
}
`,
    );
    const daemon = startDaemon('nginx', [NGINX, '-e', 'stderr', '-p', home, '-c', join(home, 'nginx.conf')], home);
    daemons.push(daemon);
    await waitUntil('nginx', () => answersHttp(`http://127.0.0.1:${port}/`), { daemon, timeoutMs: 10_000 });
    await expectRedirects(port);
  });
});

describe.skipIf(!existsSync(APACHE))('Apache (skipped when it is not installed)', () => {
  test('redirects every asset by the map', async () => {
    const home = join(folder, 'apache');
    mkdirSync(home);
    const [port = 0] = await freePorts(1);
    const map = await mapOf('apache');
    const file = join(home, 'urls.txt');
    writeFileSync(file, map);
    // The directives are those of the file's own head.
    const directives = [...map.matchAll(/^# {5}(.+)$/gm)].map(([, line]) => line?.replace('/path/of/this/file', file));
    writeFileSync(
      join(home, 'apache.conf'),
      `ServerRoot ${home}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${join(home, 'pid')}
ErrorLog /dev/stderr
LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so
LoadModule authz_core_module ${MODULES}/mod_authz_core.so
LoadModule rewrite_module ${MODULES}/mod_rewrite.so
DocumentRoot ${home}
UseCanonicalName Off
${directives.join('\n')}
`,
    );
    const daemon = startDaemon('apache', [APACHE, '-X', '-f', join(home, 'apache.conf')], home);
    daemons.push(daemon);
    await waitUntil('Apache', () => answersHttp(`http://127.0.0.1:${port}/`), { daemon, timeoutMs: 10_000 });
    await expectRedirects(port);
  });
});
