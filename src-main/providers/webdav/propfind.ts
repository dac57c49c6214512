/**
 * Owns asking a server what it has: one resource, or the children of a folder. Must not ask for whole trees: nginx
 * refuses, and the answer would have no end. Called by everything in this folder.
 */
import type { ListedAsset } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import { receivedChunks } from '../wire/received-body.ts';
import { contentLengthOf, headerOf } from '../wire/response-headers.ts';
import { nameBelow } from './read-href.ts';
import { type DavResource, readMultistatus } from './read-multistatus.ts';
import { versionOf } from './resource-version.ts';
import type { WebdavAnswer, WebdavClient } from './webdav-client.ts';
import { webdavFailure } from './webdav-failure.ts';

const PROPERTIES = ['resourcetype', 'getcontentlength', 'getlastmodified', 'getetag', 'getcontenttype'];
const QUESTION = Buffer.from(
  `<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>${PROPERTIES.map((name) => `<${name}/>`).join('')}</prop></propfind>`,
);
const REDIRECTS = [301, 302, 307, 308];
const GONE = [404, 410];

/** One file or folder, as the server describes it. */
export type Resource = DavResource & { readonly kind: 'file' | 'folder' };

/**
 * What is at a path; null when nothing is. A slash at its end is left out of the question: with it, servers disagree on
 * what a file is. The address of the account keeps its slash: it is a folder, and without it may lie outside of what the
 * server shows (Apache's `Alias /files/`).
 */
export async function lookAt(client: WebdavClient, path: string, signal: AbortSignal): Promise<Resource | null> {
  const bare = path === `${client.settings.path}/` ? path : path.replace(/\/$/, '');
  const deed = `look at ${bare}`;
  const answer = await ask(client, bare, '0', deed, [207, ...GONE, ...REDIRECTS], signal);
  if (answer.status !== 207) {
    answer.body.resume();
    if (GONE.includes(answer.status)) return null;
    const target = URL.parse(headerOf(answer.headers, 'location') ?? '', client.settings.origin + bare);
    // Some servers send who asks for a folder on to the same path with a slash.
    if (target?.pathname === `${bare}/`) return { href: `${bare}/`, status: 200, kind: 'folder', sizeBytes: -1 };
    return client.throwRedirect(answer, deed);
  }
  const found: DavResource[] = [];
  await read(client, answer, signal, (resource) => found.push(resource));
  const [resource] = found;
  if (resource === undefined) return fail('unexpected', `Could not ${deed}: the server's answer is empty.`);
  return GONE.includes(resource.status) ? null : described(client, resource, deed);
}

/** A child of a folder: `name` ends with "/" when it is a folder itself. */
export interface Child {
  readonly name: string;
  readonly resource: Resource;
}

/**
 * Calls `onChild` for each child of a folder, in the server's order. `path` ends with "/". False when there is no such
 * folder. A child that may not be looked at ends it with a failure: leaving it out would look like success.
 */
export async function readChildren(
  client: WebdavClient,
  path: string,
  signal: AbortSignal,
  onChild: (child: Child) => void,
): Promise<boolean> {
  const deed = `list ${path}`;
  const answer = await ask(client, path, '1', deed, [207, ...GONE], signal);
  if (answer.status !== 207) {
    answer.body.resume();
    return false;
  }
  let isFolder = false;
  await read(client, answer, signal, (given) => {
    const name = nameBelow(path, given.href);
    if (GONE.includes(given.status)) return;
    const resource = described(client, given, deed);
    if (name === '') isFolder = resource.kind === 'folder';
    else onChild({ name: resource.kind === 'folder' ? `${name}/` : name, resource });
  });
  return isFolder;
}

export function listedResource(key: string, resource: Resource): ListedAsset {
  const { sizeBytes, modifiedAtMs } = resource;
  const versionToken = versionOf(resource);
  return {
    key,
    sizeBytes,
    ...(versionToken === undefined ? {} : { versionToken }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
  };
}

function ask(
  client: WebdavClient,
  path: string,
  depth: '0' | '1',
  deed: string,
  accepts: readonly number[],
  signal: AbortSignal,
): Promise<WebdavAnswer> {
  const headers = { depth, 'content-type': 'application/xml; charset=utf-8' };
  const body = { sizeBytes: QUESTION.byteLength, bytes: QUESTION };
  return client.request({ method: 'PROPFIND', path, headers, body, accepts, deed, signal });
}

async function read(
  client: WebdavClient,
  answer: WebdavAnswer,
  signal: AbortSignal,
  onResource: (resource: DavResource) => void,
): Promise<void> {
  const promised = { sizeBytes: contentLengthOf(answer.headers), skipBytes: 0, goesOn: false };
  try {
    const chunks = receivedChunks(answer.body, { ...promised, host: client.settings.host }, signal);
    await readMultistatus(chunks, onResource);
  } finally {
    answer.body.destroy();
  }
}

function described(client: WebdavClient, resource: DavResource, deed: string): Resource {
  const { status, kind, href } = resource;
  if (status < 200 || status > 299) throw webdavFailure(status, {}, client.settings.host, `${deed} (${href})`);
  if (kind !== 'unknown') return { ...resource, kind };
  return fail('unexpected', `Could not ${deed}: the server does not say whether ${href} is a folder.`);
}
