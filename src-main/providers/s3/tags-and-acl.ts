/**
 * Owns what an object has beside its bytes and headers: tags and a canned ACL, how they travel, how they are read, and
 * what a refusal that may be about them means. Must not write objects. Called in this folder.
 */
import { hash } from 'node:crypto';
import { fail } from '../../../src-shared/model/failure.ts';
import { type Tag, type Tags, tagsByName } from '../../../src-shared/model/tags.ts';
import type { WriteOptions } from '../provider.ts';
import { encodeQueryPart } from '../wire/encode-path.ts';
import { receivedText } from '../wire/received-text.ts';
import { readXml } from './read-xml.ts';
import type { S3Client } from './s3-client.ts';
import { S3FailureError } from './s3-failure.ts';

interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

type Asked = Pick<WriteOptions, 'tags' | 'acl'>;

/** Ten tags with every byte escaped are a tenth of it. */
const MAX_XML_BYTES = 256 * 1024;

/** Amazon's names of everybody, by the canned ACLs that let them read. */
const GROUPS: Readonly<Record<string, string>> = {
  'public-read': 'http://acs.amazonaws.com/groups/global/AllUsers',
  'public-read-write': 'http://acs.amazonaws.com/groups/global/AllUsers',
  'authenticated-read': 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
};

export function hasTags({ tags }: Pick<Asked, 'tags'>): boolean {
  return Object.keys(tags).length > 0;
}

export function tagAndAclHeaders({ tags, acl }: Asked): Record<string, string> {
  const pairs = Object.entries(tags).map(([name, value]) => `${encodeQueryPart(name)}=${encodeQueryPart(value)}`);
  return {
    ...(pairs.length === 0 ? {} : { 'x-amz-tagging': pairs.join('&') }),
    ...(acl === null ? {} : { 'x-amz-acl': acl }),
  };
}

export async function readTags(client: S3Client, { bucket, key }: ObjectPlace, signal: AbortSignal): Promise<Tags> {
  const deed = `read the tags of ${bucket}/${key}`;
  const answer = await client.request({ method: 'GET', bucket, key, query: { tagging: '' }, deed, signal });
  const xml = await receivedText(answer, { host: client.settings.endpoint.host, maxBytes: MAX_XML_BYTES }, signal);
  // So Ceph tells of an object whose tags it lost.
  if (xml === '') return {};
  const found: Tag[] = [];
  let name = '';
  let value = '';
  const root = readXml(xml, (element, text, parent) => {
    if (parent === 'Tag' && element === 'Key') name = text;
    else if (parent === 'Tag' && element === 'Value') value = text;
    else if (element === 'Tag') found.push({ name, value });
  });
  if (root !== 'Tagging')
    fail('unsupported', `The service has something else to tell than the tags of ${bucket}/${key}.`);
  return tagsByName(found);
}

/**
 * Gives an object that is there exactly these. Ceph loses those that an upload in parts began with (its tracker, 53016),
 * so they are said again once it is complete. What may stand in tags needs no escaping in XML.
 */
export async function writeTags(
  client: S3Client,
  { bucket, key }: ObjectPlace,
  { tags, signal }: Pick<WriteOptions, 'tags' | 'signal'>,
): Promise<void> {
  const rows = Object.entries(tags).map(([name, value]) => `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`);
  const xml = Buffer.from(`<Tagging><TagSet>${rows.join('')}</TagSet></Tagging>`);
  const answer = await client.request({
    method: 'PUT',
    bucket,
    key,
    query: { tagging: '' },
    headers: { 'content-type': 'application/xml', 'content-md5': hash('md5', xml, 'base64') },
    body: { sizeBytes: xml.byteLength, payload: hash('sha256', xml), bytes: xml },
    deed: `tag ${bucket}/${key}`,
    signal,
  });
  answer.body.resume();
}

/** What the service was seen to keep or not: some pass over a header that they do not know without a word. */
export class SeenToKeep {
  readonly #client: S3Client;
  /** "tags" or an ACL. */
  readonly #seen = new Map<string, boolean>();

  constructor(client: S3Client) {
    this.#client = client;
  }

  /** Before a byte goes. Throws `unsupported` for what was passed over once. */
  assertMayKeep({ tags, acl }: Asked): void {
    if (hasTags({ tags }) && this.#seen.get('tags') === false) failPassedOver('tags');
    if (acl !== null && this.#seen.get(acl) === false) failPassedOver('ACL');
  }

  /**
   * Looks at the first object that was written with tags, and at the first with each ACL that lets others read. Throws
   * `unsupported` where it has not got them. A key that may not look has to believe.
   */
  async assertKept(target: ObjectPlace, options: Pick<WriteOptions, 'tags' | 'acl' | 'signal'>): Promise<void> {
    const { acl, signal } = options;
    if (hasTags(options) && !this.#seen.has('tags')) {
      const there = await orForbidden(readTags(this.#client, target, signal));
      this.#seen.set('tags', there === null || hasTags({ tags: there }));
    }
    const group = acl === null ? undefined : GROUPS[acl];
    if (acl !== null && group !== undefined && !this.#seen.has(acl)) {
      const readers = await orForbidden(readGroups(this.#client, target, signal));
      this.#seen.set(acl, readers === null || readers.includes(group));
    }
    this.assertMayKeep(options);
  }
}

/** The groups that may do something with the object. */
async function readGroups(
  client: S3Client,
  { bucket, key }: ObjectPlace,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const groups: string[] = [];
  const deed = `read the ACL of ${bucket}/${key}`;
  await client.requestXml({ method: 'GET', bucket, key, query: { acl: '' }, deed, signal }, (name, text) => {
    if (name === 'URI') groups.push(text);
  });
  return groups;
}

async function orForbidden<Answer>(asking: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asking;
  } catch (thrown) {
    if (thrown instanceof S3FailureError && thrown.failure.code === 'permission-denied') return null;
    throw thrown;
  }
}

function failPassedOver(what: 'tags' | 'ACL'): never {
  fail('unsupported', `The service writes assets without the ${what} that it is told.`, {
    hint: `It does not keep them: leave the ${what} out of the migration.`,
  });
}

/** Both need rights of their own, and not every service has them: a refusal says that they were asked for. */
export function explained(thrown: unknown, options: Asked): unknown {
  const asked = [...(hasTags(options) ? ['tags'] : []), ...(options.acl === null ? [] : ['an ACL'])].join(' and ');
  if (!(thrown instanceof S3FailureError) || asked === '') return thrown;
  const { status, s3Code: code, failure } = thrown;
  const hint =
    status === 501
      ? `The migration asks for ${asked}, which not every service knows. Leave that out.`
      : `The migration asks for ${asked}, which needs s3:PutObjectTagging and s3:PutObjectAcl.`;
  if (status !== 501 && status !== 403) return thrown;
  return new S3FailureError({ status, code, message: '', region: '' }, { ...failure, hint });
}
