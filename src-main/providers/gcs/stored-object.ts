/**
 * Owns an object as the service describes it, and as it is asked to make one. Pure. Called in this folder.
 */
import { z } from 'zod';
import type { AssetHead, ContentHeaders, ListedAsset } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { WriteOptions } from '../provider.ts';

/** Content headers by the names that the service gives them, which are ours. It has none for Expires. */
const CONTENT_FIELDS = [
  'contentType',
  'cacheControl',
  'contentDisposition',
  'contentEncoding',
  'contentLanguage',
] as const satisfies readonly (keyof ContentHeaders)[];

/** What is asked for where only a list is made. */
export const LISTED_FIELDS = 'name,size,generation,timeCreated';
/** What is asked for where an object's description comes. */
export const OBJECT_FIELDS = `${LISTED_FIELDS},md5Hash,crc32c,metadata,${CONTENT_FIELDS.join()}`;

/** 64-bit numbers come as text. */
const SIZE = z.string().regex(/^\d+$/).transform(Number).refine(Number.isSafeInteger);

export const LISTED_OBJECT = z.object({
  name: z.string(),
  size: SIZE,
  generation: z.string().regex(/^\d+$/),
  timeCreated: z.string().optional(),
});

const HEADER = z.string().optional();

export const STORED_OBJECT = LISTED_OBJECT.extend({
  /** Absent on objects that were composed, or whose encryption key is the customer's. */
  md5Hash: z.string().optional(),
  crc32c: z.string().optional(),
  metadata: z.record(z.string(), z.string()).default({}),
  contentType: HEADER,
  cacheControl: HEADER,
  contentDisposition: HEADER,
  contentEncoding: HEADER,
  contentLanguage: HEADER,
});

export type StoredObject = z.infer<typeof STORED_OBJECT>;

export function listedAsset({ name, size, generation, timeCreated }: z.infer<typeof LISTED_OBJECT>): ListedAsset {
  // `updated` also moves when only metadata changes; the bytes of a generation are as old as the generation.
  const modifiedAtMs = Date.parse(timeCreated ?? '');
  return {
    key: name,
    sizeBytes: size,
    versionToken: generation,
    ...(Number.isNaN(modifiedAtMs) ? {} : { modifiedAtMs }),
  };
}

export function assetHead(object: StoredObject): AssetHead {
  const headers: { -readonly [Name in keyof ContentHeaders]: ContentHeaders[Name] } = {};
  for (const field of CONTENT_FIELDS) {
    const value = object[field];
    if (value !== undefined && value !== '') headers[field] = value;
  }
  const metadata = Object.entries(object.metadata).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...listedAsset(object),
    headers,
    metadata: Object.fromEntries(metadata),
    digests: {
      ...(object.md5Hash === undefined ? {} : { md5: hexOf(object.md5Hash) }),
      ...(object.crc32c === undefined ? {} : { crc32c: hexOf(object.crc32c) }),
    },
  };
}

/**
 * What the service is told to keep with the bytes. Throws `invalid-input` for what no answer could carry later as a
 * header: the service would refuse it, or worse, take it.
 */
export function objectToMake(key: string, { headers, metadata }: WriteOptions): Record<string, unknown> {
  const kept: Record<string, unknown> = { name: key };
  for (const field of CONTENT_FIELDS) {
    const value = headers[field];
    if (value !== undefined && value !== '') kept[field] = oneLine(field, value);
  }
  const pairs = Object.entries(metadata).map(([name, value]) => [oneLine('metadata', name), oneLine(name, value)]);
  if (pairs.length > 0) kept.metadata = Object.fromEntries(pairs);
  return kept;
}

export function base64Of(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

function hexOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

function oneLine(what: string, text: string): string {
  if (!/[\r\n\0]/.test(text)) return text;
  return fail('invalid-input', `${what} holds a line break or NUL, which no header can carry.`);
}
