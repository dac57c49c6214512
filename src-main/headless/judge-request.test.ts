/** Proves which requests are ours. */
import { describe, expect, it } from 'vitest';
import { judgeRequest, type RequestFacts } from './judge-request.ts';

const PORT = 7717;
const ours: RequestFacts = { httpVersion: '1.1', target: '/', rawHeaders: ['Host', `127.0.0.1:${PORT}`] };
const withHost = (host: string): RequestFacts => ({ ...ours, rawHeaders: ['Host', host] });
const withOrigin = (origin: string): RequestFacts => ({ ...ours, rawHeaders: [...ours.rawHeaders, 'Origin', origin] });

describe('a request', () => {
  it.each([
    ['by address', ours],
    ['by name', withHost(`localhost:${PORT}`)],
    ['from our own page', withOrigin(`http://127.0.0.1:${PORT}`)],
    ['with a query, which is no part of the path', { ...ours, target: '/?x=/etc/passwd' }],
  ])('is ours %s', (_, facts) => {
    expect(judgeRequest(facts, PORT)).toEqual({ kind: 'ours', path: '/' });
  });

  it.each([
    ['without a Host', { ...ours, rawHeaders: [] }, 400],
    ['with two Hosts', { ...ours, rawHeaders: [...ours.rawHeaders, 'host', 'evil.test'] }, 400],
    ['of HTTP/1.0', { ...ours, httpVersion: '1.0' }, 400],
    ['for another name', withHost(`evil.test:${PORT}`), 421],
    ['for a rebound name', withHost(`127.0.0.1.evil.test:${PORT}`), 421],
    ['for another port', withHost('127.0.0.1:80'), 421],
    ['without a port', withHost('127.0.0.1'), 421],
    ['with a trailing dot', withHost(`localhost.:${PORT}`), 421],
    ['in upper case', withHost(`LOCALHOST:${PORT}`), 421],
    ['by IPv6', withHost(`[::1]:${PORT}`), 421],
    ['by another spelling of the address', withHost(`127.1:${PORT}`), 421],
    ['with a user in the host', withHost(`127.0.0.1:${PORT}@evil.test`), 421],
    ['in absolute form', { ...ours, target: `http://127.0.0.1:${PORT}/` }, 400],
    ['for an authority in the path', { ...ours, target: '//evil.test/' }, 400],
    ['from another site', withOrigin('http://evil.test'), 403],
    ['from another port', withOrigin('http://127.0.0.1:8080'), 403],
    ['from our host by another name', withOrigin(`http://localhost:${PORT}`), 403],
    ['from a page without an origin', withOrigin('null'), 403],
    ['from our host over https', withOrigin(`https://127.0.0.1:${PORT}`), 403],
    ['with an empty Origin', withOrigin(''), 403],
    [
      'with two Origins',
      {
        ...withOrigin('http://a.test'),
        rawHeaders: [...withOrigin(`http://127.0.0.1:${PORT}`).rawHeaders, 'Origin', 'http://a.test'],
      },
      400,
    ],
  ])('is refused %s', (_, facts, status) => {
    expect(judgeRequest(facts, PORT)).toMatchObject({ kind: 'refused', status });
  });
});
