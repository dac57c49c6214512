/**
 * Owns what the test server knows of tags and ACLs, and which headers it keeps with an object. Must not be used by the
 * product. Called by s3-test-server.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { sendError, sendXml } from './s3-test-answers.ts';

export interface ExtrasQuirks {
  /**
   * Answers 501 to tags as Swift does; passes over them; or does as Ceph: copies have those of the source whatever they
   * are told, and uploads in parts lose them.
   */
  readonly tags?: 'refused' | 'ignored' | 'as-ceph';
  /** Answers questions for tags with nothing at all. */
  readonly losesTags?: boolean;
  /** Makes private what was to be public, as Swift does. */
  readonly ignoresAcl?: boolean;
  /** Refuses ACLs as a bucket does whose owner owns everything in it. */
  readonly refusesAcl?: boolean;
}

type Headers = Readonly<Record<string, string>>;

const STORED =
  /^(content-(type|disposition|encoding|language)|cache-control|expires|x-amz-(meta-.*|storage-class|tagging|acl))$/;
const TAGGED = 'x-amz-tagging';
const EVERYBODY = '<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>';

export function storedHeaders(request: IncomingMessage, { tags, ignoresAcl }: ExtrasQuirks): Record<string, string> {
  const losesTags = tags === 'ignored' || (tags === 'as-ceph' && request.method === 'POST');
  const pairs = Object.entries(request.headers).filter(([name]) => {
    return STORED.test(name) && !(name === TAGGED && losesTags) && !(name === 'x-amz-acl' && ignoresAcl);
  });
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}

/** A copy's own: metadata of the source, tags as it was told, and never its ACL. */
export function copiedHeaders(request: IncomingMessage, source: Headers, quirks: ExtrasQuirks): Headers {
  const { 'x-amz-acl': _acl, [TAGGED]: tags, ...kept } = source;
  const { 'x-amz-tagging-directive': directive = 'COPY' } = request.headers;
  const keepsTags = tags !== undefined && (directive === 'COPY' || quirks.tags === 'as-ceph');
  return { ...kept, ...storedHeaders(request, quirks), ...(keepsTags ? { [TAGGED]: tags } : {}) };
}

interface AskedOf {
  readonly query: URLSearchParams;
  /** Of the object; undefined: there is none. */
  readonly headers: Headers | undefined;
  readonly keep: (headers: Headers) => void;
}

/** Whether the request is about tags or ACLs alone, or cannot be served because of them; then the answer is sent. */
export async function servedExtras(
  request: IncomingMessage,
  response: ServerResponse,
  { query, headers, keep }: AskedOf,
  quirks: ExtrasQuirks,
): Promise<boolean> {
  const isAboutTags = request.headers[TAGGED] !== undefined || query.has('tagging');
  if (quirks.tags === 'refused' && isAboutTags) {
    request.resume();
    sendError(response, 501, 'NotImplemented');
    return true;
  }
  if (quirks.refusesAcl === true && request.headers['x-amz-acl'] !== undefined) {
    request.resume();
    sendError(response, 400, 'AccessControlListNotSupported');
    return true;
  }
  if (!query.has('tagging') && !query.has('acl')) return false;
  if (headers === undefined) sendError(response, 404, 'NoSuchKey');
  else if (request.method === 'PUT') {
    const xml = await text(request);
    const pairs = [...xml.matchAll(/<Key>(.*?)<\/Key><Value>(.*?)<\/Value>/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]);
    keep({ ...headers, [TAGGED]: new URLSearchParams(pairs).toString() });
    response.writeHead(200, { 'content-length': 0 }).end();
  } else if (query.has('acl')) {
    const grantee = headers['x-amz-acl'] === 'public-read' ? EVERYBODY : '<ID>owner</ID>';
    sendXml(response, 200, `<AccessControlPolicy><Grantee>${grantee}</Grantee></AccessControlPolicy>`);
  } else if (quirks.losesTags === true) response.writeHead(200, { 'content-length': 0 }).end();
  else {
    const rows = [...new URLSearchParams(headers[TAGGED] ?? '')].map(([name, value]) => {
      return `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`;
    });
    sendXml(response, 200, `<Tagging><TagSet>${rows.join('')}</TagSet></Tagging>`);
  }
  return true;
}
