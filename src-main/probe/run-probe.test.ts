/** Proves what a probe compares and that it is bounded, guarded and ends when it is told to, against real sockets. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProbedAsset, type ProbeOptions, type ProbeRow, runProbe, sampleOf } from './run-probe.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let answer: Answer;
let base = '';
let close: () => Promise<unknown>;
beforeEach(async () => {
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
});
afterEach(() => close());

const NEVER = new AbortController().signal;
const OPTIONS: ProbeOptions = { concurrency: 4, origin: 'https://www.example.com', allowPrivate: true, signal: NEVER };

async function* assets(...keys: string[]): AsyncGenerator<ProbedAsset> {
  for (const key of keys) yield { sourceKey: key, oldUrl: `${base}/old/${key}`, newUrl: `${base}/new/${key}` };
}

async function rowsOf(rows: AsyncIterable<ProbeRow>): Promise<ProbeRow[]> {
  const all: ProbeRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

const GOOD = {
  'content-type': 'text/html; charset=utf-8',
  'content-length': '5',
  'cache-control': 'public, max-age=60',
  etag: '"a"',
  'accept-ranges': 'bytes',
  'access-control-allow-origin': '*',
};

describe('a probe', () => {
  it.each<[string, Record<string, string>, number, string[]]>([
    ['nothing but another ETag', { ...GOOD, etag: '"b"' }, 200, []],
    [
      'the same in other words',
      { ...GOOD, 'content-type': 'Text/HTML;charset="UTF-8"', 'cache-control': 'max-age=60,public' },
      200,
      [],
    ],
    ['the status', GOOD, 404, ['status']],
    ['the type', { ...GOOD, 'content-type': 'application/octet-stream' }, 200, ['content-type']],
    ['the length', { ...GOOD, 'content-length': '6' }, 200, ['content-length']],
    ['the encoding', { ...GOOD, 'content-encoding': 'gzip' }, 200, ['content-encoding']],
    [
      'what is missing',
      { 'content-type': GOOD['content-type'], 'content-length': '5' },
      200,
      ['cache-control', 'etag', 'accept-ranges', 'access-control-allow-origin'],
    ],
  ])('tells %s', async (_, headers, status, differences) => {
    const seen: IncomingMessage[] = [];
    answer = (request, response) => {
      seen.push(request);
      const isOld = request.url?.startsWith('/old/') === true;
      response.writeHead(isOld ? 200 : status, isOld ? GOOD : headers).end();
    };
    const [row] = await rowsOf(runProbe(assets('a%20b'), OPTIONS));
    expect([row?.verdict, row?.differences]).toEqual([differences.length === 0 ? 'alike' : 'different', differences]);
    expect(seen.map(({ method, url }) => [method, url]).toSorted()).toEqual([
      ['HEAD', '/new/a%20b'],
      ['HEAD', '/old/a%20b'],
    ]);
    expect(seen[0]?.headers).toMatchObject({
      origin: 'https://www.example.com',
      'accept-encoding': expect.stringContaining('gzip'),
    });
  });

  it('follows a redirect and says so', async () => {
    answer = (request, response) => {
      if (request.url?.startsWith('/old/') === true) response.writeHead(301, { location: '/new/a' }).end();
      else response.writeHead(200, GOOD).end();
    };
    const [row] = await rowsOf(runProbe(assets('a'), OPTIONS));
    expect([row?.verdict, row?.old?.redirectedTo, row?.new?.redirectedTo]).toEqual(['alike', `${base}/new/a`, null]);
  });

  it('asks again when a server is busy, and never asks private addresses unless it may', async () => {
    let tries = 0;
    answer = (_request, response) => {
      tries += 1;
      if (tries <= 2) response.writeHead(503, { 'retry-after': '0' }).end();
      else response.writeHead(200, GOOD).end();
    };
    expect((await rowsOf(runProbe(assets('a'), OPTIONS)))[0]?.verdict).toBe('alike');
    tries = 0;
    const [row] = await rowsOf(runProbe(assets('a'), { ...OPTIONS, allowPrivate: false }));
    expect([row?.verdict, row?.failure?.code, tries]).toEqual(['unanswered', 'permission-denied', 0]);
  });

  it('says which asset got no answer, and goes on', async () => {
    answer = (request, response) => {
      if (request.url === '/new/b') request.socket.destroy();
      else response.writeHead(200, GOOD).end();
    };
    const rows = await rowsOf(runProbe(assets('a', 'b', 'c'), { ...OPTIONS, concurrency: 1 }));
    expect(rows.map(({ verdict }) => verdict)).toEqual(['alike', 'unanswered', 'alike']);
    expect(rows[1]?.failure?.code).toBe('network');
  });

  it('has no more under way than it may', async () => {
    let underway = 0;
    let most = 0;
    answer = (_request, response) => {
      underway += 1;
      most = Math.max(most, underway);
      setImmediate(() => {
        underway -= 1;
        response.writeHead(200, GOOD).end();
      });
    };
    const rows = await rowsOf(runProbe(assets(...Array.from({ length: 40 }, (_, index) => `${index}`)), OPTIONS));
    expect(rows).toHaveLength(40);
    // Both addresses of each.
    expect(most).toBeLessThanOrEqual(8);
  });

  it('ends at once when it is told to, although a server keeps silent', async () => {
    const stop = new AbortController();
    answer = () => stop.abort(new Error('enough'));
    await expect(rowsOf(runProbe(assets('a', 'b'), { ...OPTIONS, signal: stop.signal }))).rejects.toThrowError(
      'enough',
    );
  });
});

describe('a sample', () => {
  async function* numbers(count: number): AsyncGenerator<number> {
    for (let number = 0; number < count; number += 1) yield number;
  }

  it('is everything when there is no more, and never more than asked for, in order', async () => {
    expect(await sampleOf(numbers(3), 5)).toEqual([0, 1, 2]);
    const some = await sampleOf(numbers(1_000), 20);
    expect(some).toHaveLength(20);
    expect(some).toEqual(some.toSorted((one, other) => one - other));
    expect(new Set(some).size).toBe(20);
  });

  it('takes from the whole, not from its beginning', async () => {
    let turn = 0;
    const fractions = [0, 0.5, 0.999];
    expect(await sampleOf(numbers(5), 2, () => fractions[turn++] ?? 0.999)).toEqual([1, 2]);
  });
});
