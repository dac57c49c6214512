/** Owns the proof that multi-status answers are read as the protocol means them, and that nothing else passes for one. */
import { describe, expect, test } from 'vitest';
import { codeOf } from '../conformance/fixture.ts';
import { type DavResource, readMultistatus } from './read-multistatus.ts';

async function read(xml: string | Uint8Array, chunkBytes = Number.MAX_SAFE_INTEGER): Promise<readonly DavResource[]> {
  const bytes = Buffer.from(xml);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const found: DavResource[] = [];
  await readMultistatus(chunks(), (resource) => found.push(resource));
  return found;
}

const APACHE = `<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:" xmlns:ns0="DAV:">
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/"><D:href>/dav/b%20%c3%a9.png</D:href>
<D:propstat><D:prop>
<lp1:resourcetype/><lp1:getcontentlength>12</lp1:getcontentlength>
<lp1:getlastmodified>Sat, 21 Nov 2026 07:48:48 GMT</lp1:getlastmodified><lp1:getetag>W/"3-66"</lp1:getetag>
<lp2:executable>F</lp2:executable><D:getcontenttype>image/png</D:getcontenttype>
</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>
</D:multistatus>`;

test('a file as Apache describes it, in pieces of any size', async () => {
  const expected = {
    href: '/dav/b%20%c3%a9.png',
    status: 200,
    kind: 'file',
    sizeBytes: 12,
    modifiedAtMs: Date.UTC(2026, 10, 21, 7, 48, 48),
    etag: 'W/"3-66"',
    contentType: 'image/png',
  };
  for (const chunkBytes of [1, 7, 1_000_000]) expect(await read(APACHE, chunkBytes)).toEqual([expected]);
});

test('properties count only where their own status is good', async () => {
  const xml = `<multistatus xmlns="DAV:"><response><href>/a&amp;b/</href>
    <propstat><prop><resourcetype><collection/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat>
    <propstat><prop><getcontentlength>7</getcontentlength><getetag/></prop><status>HTTP/1.1 404 Not Found</status></propstat>
    </response><response><href>/secret</href><status>HTTP/1.1 403 Forbidden</status></response></multistatus>`;
  expect(await read(xml)).toEqual([
    { href: '/a&b/', status: 200, kind: 'folder', sizeBytes: -1 },
    { href: '/secret', status: 403, kind: 'unknown', sizeBytes: -1 },
  ]);
});

test('names of other namespaces are not mistaken for those of the protocol', async () => {
  const xml = `<d:multistatus xmlns:d="DAV:" xmlns:o="urn:other"><d:response><d:href>/x</d:href><d:propstat><d:prop>
    <d:resourcetype><o:collection/></d:resourcetype><o:getetag>"o"</o:getetag>
    <getcontentlength xmlns="urn:other">5</getcontentlength></d:prop>
    <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>`;
  expect(await read(xml)).toEqual([{ href: '/x', status: 200, kind: 'file', sizeBytes: -1 }]);
});

test('raw letters that are cut between two pieces stay whole', async () => {
  const xml = APACHE.replace('b%20%c3%a9.png', 'é👩‍👧');
  expect((await read(xml, 1))[0]?.href).toBe('/dav/é👩‍👧');
});

describe('what is no multi-status is refused', () => {
  test.each([
    ['nothing', ''],
    ['a page', '<!doctype html><html><body>Sign in</body></html>'],
    ['other XML', '<error xmlns="DAV:"/>'],
    ['an end that is missing', APACHE.slice(0, -20)],
    ['a document type', APACHE.replace('<D:multi', '<!DOCTYPE x [<!ENTITY a "b">]><D:multi')],
    ['a resource without an address', '<multistatus xmlns="DAV:"><response/></multistatus>'],
    ['a value without an end', `<multistatus xmlns="DAV:"><response><href>${'x'.repeat(70_000)}`],
    ['Latin-1', Buffer.from(APACHE.replace('b%20', 'é'), 'latin1')],
  ])('%s', async (_what, xml) => {
    expect(await codeOf(read(xml))).toBe('unexpected');
  });
});
